package io.imageprocessor.queue;

/**
 * A queue of images of one batch, linked through an array of the batch: each image costs four bytes, and is in at most
 * one queue at a time. Guarded by the lock of {@link FairJobQueue}.
 */
final class IndexQueue {

    private static final int NONE = -1;

    private final int[] next;
    private final int firstImage;
    private int head = NONE;
    private int tail = NONE;

    /**
     * @param next by the offset of an image in the batch, the offset of the one after it; shared by all queues of the
     *     batch
     * @param firstImage index of the image at offset 0
     */
    IndexQueue(int[] next, int firstImage) {
        this.next = next;
        this.firstImage = firstImage;
    }

    boolean isEmpty() {
        return head == NONE;
    }

    void addLast(int index) {
        int offset = index - firstImage;
        link(offset, offset);
    }

    /** Appends all images of another queue of the same batch, which must not be used afterwards. */
    void addAll(IndexQueue other) {
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

    void addFirst(int index) {
        int offset = index - firstImage;
        next[offset] = head;
        if (head == NONE) {
            tail = offset;
        }
        head = offset;
    }

    /** Removes and returns the first image; the queue must not be empty. */
    int removeFirst() {
        int offset = head;
        head = next[offset];
        return firstImage + offset;
    }

    /** Counts the images, in linear time. */
    int length() {
        int length = 0;
        for (int offset = head; offset != NONE; offset = next[offset]) {
            length++;
        }
        return length;
    }

    void clear() {
        head = NONE;
    }
}
