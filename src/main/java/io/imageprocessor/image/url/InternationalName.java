package io.imageprocessor.image.url;

import com.ibm.icu.text.IDNA;
import com.ibm.icu.util.ICUException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts international host names to ASCII, like browsers: by <a href="https://www.unicode.org/reports/tr46/">UTS
 * 46</a>, non-transitional, with the flags of the <a href="https://url.spec.whatwg.org/#concept-domain-to-ascii">URL
 * Standard</a>.
 *
 * <p>The tables of the conversion are loaded with the first name that needs them. Thread-safe.
 */
final class InternationalName {

    private static final IDNA UTS_46 =
            IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

    /** What the URL Standard accepts and ICU reports: its flags cannot turn off the checks of hyphens and lengths. */
    private static final Set<IDNA.Error> ACCEPTED = EnumSet.of(
            IDNA.Error.LEADING_HYPHEN,
            IDNA.Error.TRAILING_HYPHEN,
            IDNA.Error.HYPHEN_3_4,
            IDNA.Error.EMPTY_LABEL,
            IDNA.Error.LABEL_TOO_LONG,
            IDNA.Error.DOMAIN_NAME_TOO_LONG);

    private InternationalName() {}

    /**
     * Returns the ASCII form of {@code name}, whose labels may still have any ASCII characters, or null if it is not a
     * valid international name.
     */
    static @Nullable String toAscii(String name) {
        StringBuilder ascii = new StringBuilder(name.length() + 16);
        IDNA.Info info = new IDNA.Info();
        try {
            UTS_46.nameToASCII(name, ascii, info);
        } catch (ICUException e) {
            // UTS 46 maps one character to up to eighteen, and ICU limits a label to 1,000.
            return null;
        }
        return ACCEPTED.containsAll(info.getErrors()) ? ascii.toString() : null;
    }
}
