package io.imageprocessor.queue;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.BacklogContract;

class LocalBacklogTest extends BacklogContract {

    private final LocalBacklog backlog = new LocalBacklog(LIMIT);

    @Override
    protected Backlog backlog() {
        return backlog;
    }

    @Override
    protected void stop() {
        backlog.close();
    }
}
