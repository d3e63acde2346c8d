package io.imageprocessor.queue;

/**
 * Images of one batch in line, first in, first out, and linked by their place in it: an image costs the four bytes that
 * its batch has for it anyway. It stands in one chain at a time. Guarded by the lock of {@link FairJobQueue}.
 */
final class IndexQueue {

    private static final int NONE = -1;

    private final int[] next;
    private final int firstImage;
    private int head = NONE;
    private int tail = NONE;

    /**
     * @param next for the place of an image, that of the one after it; shared by all chains of the batch
     * @param firstImage index of the image whose place is 0
     */
    IndexQueue(int[] next, int firstImage) {
        this.next = next;
        this.firstImage = firstImage;
    }

    boolean isEmpty() {
        return head == NONE;
    }

    void append(int index) {
        int place = index - firstImage;
        link(place, place);
    }

    /** Appends the images of another chain of the same batch, which is not to be used any more. */
    void append(IndexQueue other) {
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
        int place = index - firstImage;
        next[place] = head;
        if (head == NONE) {
            tail = place;
        }
        head = place;
    }

    /** Takes the first image out; there must be one. */
    int takeFirst() {
        int place = head;
        head = next[place];
        return firstImage + place;
    }

    /** How many images these are, at the cost of a look at each. */
    int length() {
        int length = 0;
        for (int place = head; place != NONE; place = next[place]) {
            length++;
        }
        return length;
    }

    void clear() {
        head = NONE;
    }
}
