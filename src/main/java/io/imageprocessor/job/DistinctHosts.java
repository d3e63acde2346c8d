package io.imageprocessor.job;

import java.util.HashSet;
import java.util.Set;

/**
 * Finds the different hosts of the URLs of a job, because the queue holds some objects for each. Different spellings of
 * a host count as different hosts. Not thread-safe.
 */
final class DistinctHosts {

    private static final String END_OF_HOST = "/?#\\";

    private final Set<String> names = new HashSet<>();

    /** The last URL up to the end of its host; no URL starts with it at first. */
    private String lastPrefix = "\0";

    private String last = "";

    /** Returns whether no URL before had this host. All URLs without a host have the same empty host. */
    boolean add(String url) {
        // Most jobs have long series of URLs with one host.
        return !url.startsWith(lastPrefix) && addHostOf(url);
    }

    private boolean addHostOf(String url) {
        int start = startOfHost(url);
        int end = start;
        while (end < url.length() && END_OF_HOST.indexOf(url.charAt(end)) < 0) {
            end++;
        }
        if (end < url.length()) {
            lastPrefix = url.substring(0, end + 1);
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
