package io.imageprocessor.work;

/**
 * How much may wait and run.
 *
 * @param waiting images that wait to be started
 * @param ahead images between the queue and the GPU: downloading, or downloaded and in line for a slot
 * @param perNewHost downloads at once from a host of which nothing is known
 * @param perHost downloads at once from a host that answers; at least as many
 */
record Limits(int waiting, int ahead, int perNewHost, int perHost) {}
