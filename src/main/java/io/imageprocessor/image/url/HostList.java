package io.imageprocessor.image.url;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of hosts. A pattern is a {@code host}, or {@code *.domain} for all subdomains of a domain but not the domain
 * itself.
 *
 * <p>A trailing dot is ignored, and an IP address or international name matches in every notation. A check takes time
 * proportional to the labels of the host, and does not depend on the length of the list. Immutable.
 */
public final class HostList {

    private final Set<String> hosts = new HashSet<>();
    private final Set<String> domains = new HashSet<>();

    /**
     * Parses the patterns of a setting.
     *
     * @throws IllegalArgumentException if a pattern is neither a host nor {@code *.domain}
     */
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

    /** Returns whether a pattern matches {@code host}, which must be in the form that {@link UrlHost} returns. */
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
