package io.imageprocessor.queue;

/**
 * The limits of {@link FairJobQueue}.
 *
 * @param maxWaiting images that wait to be started or retried
 * @param maxInFlight images that are downloaded or wait for a GPU slot
 * @param perNewHost concurrent downloads from a new host; at least 1
 * @param perHost concurrent downloads from a host that answers; at least {@code perNewHost}
 */
record QueueLimits(int maxWaiting, int maxInFlight, int perNewHost, int perHost) {}
