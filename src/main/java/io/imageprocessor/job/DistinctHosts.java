package io.imageprocessor.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds the different hosts of the URLs of a job, because the queue holds some objects for each. Different spellings of
 * a host count as different hosts. Not thread-safe.
 */
final class DistinctHosts {

    private static final String END_OF_HOST = "/?#\\";

    private final Set<String> names = new HashSet<>();

    /** In UTF-8, the last URL up to the end of its host; no URL starts with it at first. */
    private byte[] lastPrefix = {(byte) 0xFF};

    private String last = "";

    /**
     * Returns whether no URL before had this host. All URLs without a host have the same empty host.
     *
     * @param utf8 the same URL in UTF-8: most URLs have the host of the last one, and arrays are compared fastest
     */
    boolean add(String url, byte[] utf8) {
        int length = lastPrefix.length;
        boolean same = utf8.length >= length && Arrays.equals(utf8, 0, length, lastPrefix, 0, length);
        return !same && addHostOf(url);
    }

    private boolean addHostOf(String url) {
        int start = startOfHost(url);
        int end = start;
        while (end < url.length() && END_OF_HOST.indexOf(url.charAt(end)) < 0) {
            end++;
        }
        if (end < url.length()) {
            lastPrefix = url.substring(0, end + 1).getBytes(UTF_8);
        }
        last = url.substring(start, end);
        return names.add(last);
    }

    /** Returns the host that was added last. */
    String last() {
        return last;
    }

    void clear() {
        names.clear();
    }

    /** Returns the length of the URL if it has no host. */
    private static int startOfHost(String url) {
        int scheme = 0;
        while (scheme < url.length() && url.charAt(scheme) <= ' ') {
            scheme++;
        }
        if (url.regionMatches(true, scheme, "https://", 0, 8)) {
            return scheme + 8;
        }
        return url.regionMatches(true, scheme, "http://", 0, 7) ? scheme + 7 : url.length();
    }
}
