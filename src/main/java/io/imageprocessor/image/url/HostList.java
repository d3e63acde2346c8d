package io.imageprocessor.image.url;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of hosts, each written as {@code host}, or as {@code *.domain} for all subdomains of a domain but not the
 * domain itself. A last dot makes no difference, nor does the way in which an address is written. However long the
 * list, a host is looked up in time proportional to its labels. Immutable.
 */
public final class HostList {

    private final Set<String> hosts = new HashSet<>();
    private final Set<String> domains = new HashSet<>();

    /** Takes the list as an operator has written it. */
    public HostList(Collection<String> patterns) {
        for (String pattern : patterns) {
            boolean subdomains = pattern.startsWith("*.");
            String host = parsed(subdomains ? pattern.substring(2) : pattern);
            if (host == null || (subdomains && UrlHost.isAddress(host))) {
                throw new IllegalArgumentException("'" + pattern + "' is neither a host nor *.domain");
            }
            (subdomains ? domains : hosts).add(canonical(host));
        }
    }

    boolean isEmpty() {
        return hosts.isEmpty() && domains.isEmpty();
    }

    /** Whether {@code host}, as {@link UrlHost} has it, is listed. */
    boolean contains(String host) {
        if (isEmpty()) {
            return false;
        }
        String canonical = canonical(host);
        if (hosts.contains(canonical)) {
            return true;
        }
        for (int dot = canonical.indexOf('.'); dot >= 0; dot = canonical.indexOf('.', dot + 1)) {
            if (domains.contains(canonical.substring(dot + 1))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable String parsed(String host) {
        String text = host.indexOf(':') >= 0 && !host.startsWith("[") ? '[' + host + ']' : host;
        return UrlHost.parse(text, 0, text.length());
    }

    private static String canonical(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
