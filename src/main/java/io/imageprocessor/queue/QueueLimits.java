package io.imageprocessor.queue;

/**
 * How much may wait and run.
 *
 * @param waiting images that wait to be started
 * @param ahead images between the queue and the GPU: downloading, or downloaded and in line for a slot
 * @param perNewHost downloads at once from a host of which nothing is known
 * @param perHost downloads at once from a host that answers; at least as many
 */
public record QueueLimits(int waiting, int ahead, int perNewHost, int perHost) {}
