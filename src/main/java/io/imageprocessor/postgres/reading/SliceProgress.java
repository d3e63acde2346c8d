package io.imageprocessor.postgres.reading;

import java.util.BitSet;

/**
 * Which images of a slice were started, and which have a result, by their distance from its first one. Not thread-safe.
 */
public final class SliceProgress {

    private final BitSet started;
    private final BitSet done;

    public SliceProgress(byte[] started, byte[] done) {
        this.started = BitSet.valueOf(started);
        this.done = BitSet.valueOf(done);
    }

    /** Pending to running; false from any other state. */
    public boolean start(int offset) {
        if (started.get(offset) || done.get(offset)) {
            return false;
        }
        started.set(offset);
        return true;
    }

    /** To a final state; false if it is in one. */
    public boolean finish(int offset) {
        if (done.get(offset)) {
            return false;
        }
        done.set(offset);
        return true;
    }

    /** Running back to pending, all of them: whoever worked on them does not any more. */
    public void reopen() {
        started.and(done);
    }

    public boolean isRunning(int offset) {
        return started.get(offset) && !done.get(offset);
    }

    public boolean isDone(int offset) {
        return done.get(offset);
    }

    /** How many images are running. */
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
