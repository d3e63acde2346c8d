package io.imageprocessor.api.events;

/** Somebody who wants to know how a job goes on: see {@link JobPoller}. Neither method may block. */
interface JobListener {

    /**
     * Looks at the job once more; called every tick.
     *
     * @return whether to go on watching
     */
    boolean see(JobSnapshot job);

    /** There is nothing more to see: the job was forgotten, or the service stops. It is the last call. */
    void over();
}
