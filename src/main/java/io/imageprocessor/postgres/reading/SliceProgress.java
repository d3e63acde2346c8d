package io.imageprocessor.postgres.reading;

import java.util.BitSet;

/**
 * Holds which images of a slice were started and which have a result, by their offset in the slice. Not thread-safe.
 */
public final class SliceProgress {

    private final BitSet started;
    private final BitSet done;

    /** Creates the progress from the bitmaps of table {@code slice_progress}. */
    public SliceProgress(byte[] started, byte[] done) {
        this.started = BitSet.valueOf(started);
        this.done = BitSet.valueOf(done);
    }

    /** Moves an image from pending to running. Returns false, and changes nothing, in any other state. */
    public boolean start(int offset) {
        if (started.get(offset) || done.get(offset)) {
            return false;
        }
        started.set(offset);
        return true;
    }

    /** Moves an image to a final state. Returns false, and changes nothing, if it is in one already. */
    public boolean finish(int offset) {
        if (done.get(offset)) {
            return false;
        }
        done.set(offset);
        return true;
    }

    /** Moves all running images back to pending, because their replica no longer works on them. */
    public void reopen() {
        started.and(done);
    }

    public boolean isRunning(int offset) {
        return started.get(offset) && !done.get(offset);
    }

    public boolean isDone(int offset) {
        return done.get(offset);
    }

    /** Returns the number of images with a result. */
    public int doneImages() {
        return done.cardinality();
    }

    /** Returns the number of running images. */
    public int running() {
        BitSet running = (BitSet) started.clone();
        running.andNot(done);
        return running.cardinality();
    }

    public byte[] started() {
        return started.toByteArray();
    }

    public byte[] done() {
        return done.toByteArray();
    }
}
