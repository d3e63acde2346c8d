package io.imageprocessor.stores;

/**
 * Trims blanks that people do not see. {@link String#strip} leaves those that do not break a line, such as U+00A0,
 * which come into a spreadsheet or a form with text copied from a page. Thread-safe.
 */
public final class UnicodeBlanks {

    private UnicodeBlanks() {}

    /** Returns the text without blanks at both ends; the same text if there are none. */
    public static String trim(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        int start = 0;
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start, end);
    }

    /** Returns whether the text has only blanks. */
    public static boolean isBlank(String text) {
        return trim(text).isEmpty();
    }

    /**
     * Returns whether this is a blank: white space of Java or Unicode (property White_Space), or a format character
     * (general category Cf), such as those without width that separate words or set their direction.
     */
    static boolean isBlank(char c) {
        if (c > ' ' && c < 0x7F) {
            return false;
        }
        return c == '\u0085'
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c)
                || Character.getType(c) == Character.FORMAT;
    }
}
