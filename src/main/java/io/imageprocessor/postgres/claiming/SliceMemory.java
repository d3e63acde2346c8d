package io.imageprocessor.postgres.claiming;

import io.imageprocessor.job.HeapCosts;
import io.imageprocessor.job.JobId;
import io.imageprocessor.postgres.reading.SliceLayout;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Limits the heap of claimed slices: of those that are being read, and of those that are held in the queue. The size of
 * a slice is known only after it was read. A slice that finds no room after that is released, and its job is postponed,
 * so that slices of other jobs are claimed. First slices have a quarter of the room, and other slices the rest: neither
 * keeps out the others. A part of each is kept for slices with URLs of ordinary length. Thread-safe.
 */
final class SliceMemory {

    /**
     * The largest slice while it is read: 256 URLs of 10,000 characters, which take three bytes each in the driver's
     * buffer, and two each in its text and in the strings.
     */
    private static final int LARGEST_READ = 18 << 20;

    /** So many bytes may be held in the smallest heap, too. */
    static final int MIN_LIMIT = 8 << 20;

    /** How long a slice that was read waits for room, before it is released. */
    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    /** How long this replica claims no slice of a job whose slice found no room, unless there is room before. */
    static final Duration POSTPONEMENT = Duration.ofSeconds(10);

    /** Large slices that are read at the same time, in a heap that allows it. A read takes some milliseconds. */
    private static final int MAX_LARGE_READS = 2;

    private static final int SHARE_OF_FIRST_SLICES = 4;

    /** Share of each lane that only light slices may use. */
    private static final int SHARE_OF_LIGHT_SLICES = 3;

    /** A slice is light up to this size for each image: URLs of some 500 characters, each with another host. */
    private static final int LIGHT_IMAGE = 1_024;

    private static final Duration CHECK_OF_LEASE = Duration.ofMillis(100);

    /** Long, because a wait that is repeated begins behind all others. Reads take some milliseconds. */
    private static final Duration MAX_WAIT_FOR_READ = Duration.ofSeconds(5);

    private final long limit;
    private final LongSupplier nanoTime;

    /** A permit for each image of a slice that is read. Fair, or many small slices would keep out a large one. */
    private final Semaphore reads;

    private final SliceLane firstSlices = new SliceLane();
    private final SliceLane otherSlices = new SliceLane();

    private final Map<JobId, Postponement> postponed = new ConcurrentHashMap<>();

    /** @param limit bytes of all slices that are held; {@link #MIN_LIMIT} is possible in any case */
    SliceMemory(long limit) {
        this(limit, System::nanoTime);
    }

    /** @param nanoTime the current time, as {@link System#nanoTime} returns it */
    SliceMemory(long limit, LongSupplier nanoTime) {
        this.limit = Math.max(limit, MIN_LIMIT);
        this.nanoTime = nanoTime;
        this.reads = new Semaphore(
                SliceLayout.IMAGES_PER_SLICE * Math.clamp(limit / LARGEST_READ, 1, MAX_LARGE_READS), true);
    }

    /**
     * A job whose slice found no room.
     *
     * @param bytes size of the slice
     * @param max bytes of its lane that may be held with it
     * @param until the {@link System#nanoTime} of the end
     */
    private record Postponement(SliceLane lane, long bytes, long max, long until) {

        private boolean isOver(JobId job, long now) {
            return now - until >= 0 || lane.hasRoom(job, bytes, max);
        }
    }

    /** Returns the bytes that are held. */
    long heldBytes() {
        return firstSlices.bytes() + otherSlices.bytes();
    }

    /** Returns the number of images that could be read now. */
    int freeReads() {
        return reads.availablePermits();
    }

    /** Returns the jobs whose slices this replica must not claim now, because the last one found no room. */
    List<JobId> postponedJobs() {
        long now = nanoTime.getAsLong();
        postponed.entrySet().removeIf(it -> it.getValue().isOver(it.getKey(), now));
        return List.copyOf(postponed.keySet());
    }

    /** The memory of one slice. Not thread-safe. */
    final class Reservation implements AutoCloseable {

        private final SliceLease lease;
        private final SliceLane lane;

        private int reading;
        private long bytes;

        /** Size of the slice; known after {@link #hold}. */
        private long needed;

        /** Bytes of the lane that may be held with this slice; known after {@link #hold}. */
        private long max;

        private boolean released;

        Reservation(SliceLease lease) {
            this.lease = lease;
            this.lane = lease.isFirst() ? firstSlices : otherSlices;
        }

        /**
         * Waits until the slice can be read. An interrupt releases the lease.
         *
         * @return false if the lease ended before
         */
        boolean awaitRead() {
            int images = SliceLayout.endOf(lease.key().first(), Integer.MAX_VALUE)
                    - lease.key().first();
            try {
                while (reading == 0 && !lease.isEnded()) {
                    if (reads.tryAcquire(images, MAX_WAIT_FOR_READ.toMillis(), TimeUnit.MILLISECONDS)) {
                        reading = images;
                    }
                }
            } catch (InterruptedException e) {
                interrupted();
            }
            if (lease.isEnded()) {
                endRead();
            }
            return reading > 0;
        }

        private void interrupted() {
            Thread.currentThread().interrupt();
            lease.end(SliceLease.End.RELEASED);
        }

        /** Releases what only the read needed. */
        void endRead() {
            reads.release(reading);
            reading = 0;
        }

        /**
         * Reserves what the images of the slice take while they are in the queue, and keeps no more than that.
         *
         * @param urls of all images of the slice
         * @return false if there is no room; then the URLs must be dropped before {@link #awaitRoom} is called
         */
        boolean hold(List<String> urls) {
            long size = HeapCosts.ofQueued(urls);
            max = max(size <= (long) urls.size() * LIGHT_IMAGE);
            needed = Math.min(size, max);
            if (bytes > needed) {
                lane.release(lease.key().jobId(), bytes - needed);
                bytes = needed;
            }
            try {
                return hold(0);
            } catch (InterruptedException e) {
                interrupted();
                return false;
            }
        }

        private boolean hold(long nanos) throws InterruptedException {
            if (needed == bytes || lane.add(lease.key().jobId(), needed - bytes, max, nanos)) {
                bytes = needed;
                return true;
            }
            return false;
        }

        private long max(boolean light) {
            long first = limit / SHARE_OF_FIRST_SLICES;
            long all = lease.isFirst() ? first : limit - first;
            return light ? all : all - all / SHARE_OF_LIGHT_SLICES;
        }

        /**
         * Waits until there is room for a slice that was read, and reserves it: the slice can be read again. If there
         * is none in time, or at an interrupt, the lease is released.
         *
         * @return false if the lease has ended
         */
        boolean awaitRoom() {
            long start = nanoTime.getAsLong();
            // At once, so that no further slices of the job are claimed and read in vain meanwhile.
            postpone();
            lease.setWaitingForRoom(true);
            try {
                while (!lease.isEnded() && !hold(CHECK_OF_LEASE.toNanos())) {
                    if (nanoTime.getAsLong() - start >= MAX_WAIT.toNanos()) {
                        postpone();
                        released = lease.end(SliceLease.End.RELEASED);
                        return false;
                    }
                }
            } catch (InterruptedException e) {
                interrupted();
            } finally {
                lease.setWaitingForRoom(false);
            }
            return !lease.isEnded();
        }

        private void postpone() {
            long until = nanoTime.getAsLong() + POSTPONEMENT.toNanos();
            postponed.put(lease.key().jobId(), new Postponement(lane, needed, max, until));
        }

        /** Returns whether the lease was released because there was no room in time. */
        boolean isReleased() {
            return released;
        }

        /** Returns the size of the slice, as far as it is known. */
        long size() {
            return needed;
        }

        /** Releases everything. It may be used again. */
        @Override
        public void close() {
            endRead();
            lane.release(lease.key().jobId(), bytes);
            bytes = 0;
        }
    }
}
