package io.imageprocessor.api.submit;

import io.imageprocessor.job.JobDraft;
import java.io.InputStream;

/** Reserves memory for long texts while the parser reads them, since it holds a text as a whole. Not thread-safe. */
final class WeighedInput extends CountedInputStream {

    /** The parser has this much memory for each submission without a reservation. */
    private static final int FREE_BYTES = 16 << 10;

    /** Each byte of a text becomes two in the parser's buffer, and one or two in a builder and in the string. */
    private static final int COPIES = 4;

    private final int maxText;
    private final JobDraft draft;
    private long sinceText;

    /** @param maxText bytes of the longest text that the parser holds; it skips others without holding them */
    WeighedInput(InputStream body, JobDraft draft, int maxText) {
        super(body);
        this.draft = draft;
        this.maxText = maxText;
    }

    /** Notes that the parser has read a text to its end. */
    void textRead() {
        sinceText = 0;
    }

    @Override
    void count(int bytes) {
        sinceText += bytes;
        if (sinceText > FREE_BYTES) {
            draft.requireRoom(COPIES * Math.min(sinceText, maxText));
        }
    }
}
