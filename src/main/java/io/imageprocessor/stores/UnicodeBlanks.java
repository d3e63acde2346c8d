package io.imageprocessor.stores;

/**
 * Trims blanks that people do not see. {@link String#strip} leaves those that do not break a line, such as U+00A0,
 * which come into a spreadsheet with text copied from a page. Thread-safe.
 */
final class UnicodeBlanks {

    private UnicodeBlanks() {}

    /** Returns the text without blanks at both ends; the same text if there are none. */
    static String trim(String text) {
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
    static boolean isBlank(String text) {
        return text.chars().allMatch(c -> isBlank((char) c));
    }

    /**
     * Returns whether this is a blank: white space of Java or Unicode (property White_Space), or a character without
     * width that separates or joins words or sets their direction.
     */
    static boolean isBlank(char c) {
        if (c > ' ' && c < 0x7F) {
            return false;
        }
        return switch (c) {
            case '\u0085', '\u200B', '\u200C', '\u200D', '\u200E', '\u200F', '\u2060', '\uFEFF' -> true;
            default -> Character.isWhitespace(c) || Character.isSpaceChar(c);
        };
    }
}
