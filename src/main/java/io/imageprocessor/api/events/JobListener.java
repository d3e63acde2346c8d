package io.imageprocessor.api.events;

/** Receives snapshots of a job from {@link JobPoller}. Its methods must not block. */
interface JobListener {

    /**
     * Receives the newest snapshot; called once per tick.
     *
     * @return whether this listener needs further snapshots
     */
    boolean update(JobSnapshot job);

    /** Called last, when the job was removed or the service stops. */
    void end();
}
