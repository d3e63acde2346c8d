package io.imageprocessor.work;

/**
 * Images of one job in line, first in, first out, and linked by their index: an image costs the four bytes that its job has
 * for it anyway. It stands in one chain at a time. Guarded by the lock of {@link FairJobQueue}.
 */
final class ImageChain {

    private static final int NONE = -1;

    private final int[] next;
    private int head = NONE;
    private int tail = NONE;

    /** @param next for the index of an image, that of the one after it; shared by all chains of the job */
    ImageChain(int[] next) {
        this.next = next;
    }

    boolean isEmpty() {
        return head == NONE;
    }

    void append(int index) {
        link(index, index);
    }

    /** Appends the images of another chain of the same job, which is not to be used any more. */
    void append(ImageChain other) {
        if (!other.isEmpty()) {
            link(other.head, other.tail);
        }
    }

    private void link(int first, int last) {
        next[last] = NONE;
        if (head == NONE) {
            head = first;
        } else {
            next[tail] = first;
        }
        tail = last;
    }

    /** Puts an image that was taken back before all others. */
    void putBack(int index) {
        next[index] = head;
        if (head == NONE) {
            tail = index;
        }
        head = index;
    }

    /** Takes the first image out; there must be one. */
    int takeFirst() {
        int index = head;
        head = next[index];
        return index;
    }

    void clear() {
        head = NONE;
    }
}
