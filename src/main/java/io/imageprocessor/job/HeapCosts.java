package io.imageprocessor.job;

import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Estimates the heap that the parts of a job take, in bytes. The numbers are the sizes of the objects with compressed
 * references, so they hold for heaps up to 32 GB; {@code HeapCostsTest} compares them with the heap.
 *
 * @param job a job without its texts
 * @param image an image without its URL
 * @param result the result of an image whose store is known
 * @param visit a visit without the id of an unknown store
 * @param failedStore the counts of a store with failed images
 * @param host a host of the images, without its name
 * @param copies how often the first {@link #COPIED_URLS} bytes of the URLs are copied
 * @param unfinishedJob the part of {@code job} that an unfinished job needs
 * @param unfinishedImage the part of {@code image} that an image of an unfinished job needs
 */
public record HeapCosts(
        int job,
        int image,
        int result,
        int visit,
        int failedStore,
        int host,
        int copies,
        int unfinishedJob,
        int unfinishedImage) {

    /**
     * With {@code storage=memory}, the heap holds a job from its submission until it is removed. Counted is its largest
     * size meanwhile, because an accepted job cannot be rejected later. An image has the end of its URL (4), the
     * reference to its result (4), two bits, and while the job is unfinished its link in the queue (4) and what a retry
     * has to know (16).
     */
    public static final HeapCosts MEMORY = new HeapCosts(1_400, 29, 48, 44, 134, 330, 0, 700, 20);

    /**
     * With {@code storage=postgres}, the heap holds a job only until it is saved: the end of each URL, half as much
     * again while the array grows, the visits and their stores, and the copies of URLs in a statement.
     */
    public static final HeapCosts POSTGRES = new HeapCosts(1_500, 10, 0, 54, 110, 0, 4, 0, 0);

    /** Largest size of the URLs in one statement. */
    static final int COPIED_URLS = 2_560_000;

    /** A string and its array, without the characters. */
    private static final int STRING = 44;

    /** An image in the queue, without its URL: two references, its link, and what a retry has to know. */
    private static final int QUEUED_IMAGE = 60;

    /** Returns the size of a string. */
    public static long of(String text) {
        boolean oneByteEach = text.chars().allMatch(character -> character <= 0xFF);
        return STRING + (long) text.length() * (oneByteEach ? Byte.BYTES : Character.BYTES);
    }

    /** Returns the size of images in the queue, with these URLs and the hosts of these URLs. */
    public static long ofQueued(Collection<String> urls) {
        DistinctHosts hosts = new DistinctHosts();
        long bytes = 0;
        for (String url : urls) {
            bytes += of(url) + QUEUED_IMAGE;
            if (hosts.add(url, url.getBytes(StandardCharsets.UTF_8))) {
                bytes += MEMORY.host + of(hosts.last());
            }
        }
        return bytes;
    }
}
