package io.imageprocessor.image.url;

import java.util.Locale;

/**
 * Removes the segments {@code .} and {@code ..} from a path, like browsers (RFC 3986, 5.2.4; URL Standard, path state).
 * A dot may be written {@code %2e}.
 */
final class DotSegments {

    private DotSegments() {}

    /** Returns {@code target} without dot segments in its path; it begins with a slash and may have a query. */
    static String removed(String target) {
        return target.contains("/.") || target.contains("/%2") ? remove(target) : target;
    }

    private static String remove(String target) {
        int query = target.indexOf('?');
        int pathEnd = query < 0 ? target.length() : query;
        StringBuilder path = new StringBuilder(target.length());
        int start = 0;
        while (start < pathEnd) {
            int slash = target.indexOf('/', start + 1);
            int end = slash < 0 || slash > pathEnd ? pathEnd : slash;
            String segment =
                    target.substring(start + 1, end).toLowerCase(Locale.ROOT).replace("%2e", ".");
            boolean dots = segment.equals(".") || segment.equals("..");
            if (!dots) {
                path.append(target, start, end);
            } else if (segment.length() == 2) {
                path.setLength(Math.max(0, path.lastIndexOf("/")));
            }
            if (dots && end == pathEnd) {
                // The result of a last dot segment is a folder.
                path.append('/');
            }
            start = end;
        }
        return path.append(target, pathEnd, target.length()).toString();
    }
}
