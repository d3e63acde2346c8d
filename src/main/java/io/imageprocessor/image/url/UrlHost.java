package io.imageprocessor.image.url;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * Parses the host of a URL, and returns one canonical form for all notations of a name or address.
 *
 * <p>As in browsers (<a href="https://url.spec.whatwg.org/#host-parsing">URL Standard, host parsing</a>), a host whose
 * last label is a number must be an IPv4 address: {@code 2130706433}, {@code 0x7f.1} and {@code 0177.0.0.1.} all become
 * {@code 127.0.0.1}. Resolvers do not agree on these notations (the JDK parses {@code 0177.0.0.1} as 177.0.0.1), so
 * they are never passed to a resolver. For the same reason, this class parses them itself instead of using a library.
 */
public final class UrlHost {

    /** The limit of DNS for a name, including the trailing dot. */
    private static final int MAX_LENGTH = 254;

    private UrlHost() {}

    /**
     * Returns the canonical host between {@code start} and {@code end}, or null if it is malformed.
     *
     * <p>Names are returned in lower case, international names in their ASCII form ({@code xn--}; see
     * {@link InternationalName}), percent-encoded characters decoded, and IPv4 addresses as four decimal numbers. IPv6
     * addresses must be in brackets; they are returned without brackets, as {@link InetAddress#getHostAddress} writes
     * them. An IPv4 address mapped into IPv6 is returned as that IPv4 address.
     */
    static @Nullable String parse(String text, int start, int end) {
        if (start == end || end - start > MAX_LENGTH) {
            return null;
        }
        if (text.charAt(start) == '[') {
            return text.charAt(end - 1) == ']' ? ipv6(text.substring(start + 1, end - 1)) : null;
        }
        if (text.indexOf('%', start, end) >= 0) {
            // Decoded once: a "%" in the result is not valid in a name.
            String decoded = decoded(text.substring(start, end));
            return decoded == null ? null : name(decoded, 0, decoded.length());
        }
        return name(text, start, end);
    }

    /** Decodes percent-encoded UTF-8. Returns null if it is malformed. */
    private static @Nullable String decoded(String text) {
        try {
            // Throws for malformed escapes, and replaces malformed UTF-8 by U+FFFD, which is not valid in a name.
            return StringUtils.uriDecode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String name(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            if (text.charAt(i) >= 0x80) {
                // Numbers may have international digits, so an address is recognized only after the conversion.
                String name = InternationalName.toAscii(text.substring(start, end));
                return name == null ? null : asciiName(name, 0, name.length());
            }
        }
        return asciiName(text, start, end);
    }

    private static @Nullable String asciiName(String text, int start, int end) {
        if (start == end || end - start > MAX_LENGTH) {
            return null;
        }
        char previous = '.';
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!isNameCharacter(c) || (c == '.' && previous == '.')) {
                return null;
            }
            previous = c;
        }
        String name = text.substring(start, end).toLowerCase(Locale.ROOT);
        return endsInNumber(name) ? ipv4(name) : name;
    }

    /** Returns whether {@code host}, in canonical form, is an IP address and not a name. */
    public static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || endsInNumber(host);
    }

    private static @Nullable String ipv6(String address) {
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            if (c != ':' && c != '.' && (c > 'f' || Character.digit(c, 16) < 0)) {
                return null;
            }
        }
        if (address.indexOf(':') < 0) {
            return null;
        }
        try {
            return InetAddress.ofLiteral(address).getHostAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean endsInNumber(String name) {
        int end = name.endsWith(".") ? name.length() - 1 : name.length();
        int start = name.lastIndexOf('.', end - 1) + 1;
        char first = name.charAt(start);
        if (first < '0' || first > '9') {
            return false;
        }
        boolean hex = name.startsWith("0x", start);
        for (int i = hex ? start + 2 : start; i < end; i++) {
            if (Character.digit(name.charAt(i), hex ? 16 : 10) < 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String ipv4(String name) {
        String[] numbers = (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).split("\\.", -1);
        if (numbers.length > 4) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < numbers.length; i++) {
            // The last number fills all remaining bytes.
            int bytes = i == numbers.length - 1 ? 4 - i : 1;
            long number = number(numbers[i]);
            if (number < 0 || number >= 1L << (8 * bytes)) {
                return null;
            }
            address = (address << (8 * bytes)) | number;
        }
        return (address >> 24) + "." + (address >> 16 & 0xFF) + "." + (address >> 8 & 0xFF) + "." + (address & 0xFF);
    }

    /**
     * Parses a number in decimal, octal (leading 0) or hexadecimal notation (leading 0x). Returns a negative number if
     * it is malformed.
     */
    private static long number(String text) {
        boolean hex = text.startsWith("0x");
        int radix = hex ? 16 : text.startsWith("0") ? 8 : 10;
        long number = 0;
        for (int i = hex ? 2 : 0; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), radix);
            if (digit < 0 || number > Integer.MAX_VALUE) {
                return -1;
            }
            number = number * radix + digit;
        }
        return number;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_';
    }
}
