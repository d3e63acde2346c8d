package io.imageprocessor.postgres.writing;

import io.imageprocessor.postgres.TestReplica;

/** Runs the deletion of expired jobs for tests in other packages. */
public final class RetentionRun {

    private RetentionRun() {}

    public static void deleteExpired(TestReplica replica) {
        replica.retention.deleteExpired();
    }
}
