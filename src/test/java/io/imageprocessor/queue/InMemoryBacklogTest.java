package io.imageprocessor.queue;

import io.imageprocessor.job.Backlog;
import io.imageprocessor.job.BacklogContract;

class InMemoryBacklogTest extends BacklogContract {

    private final InMemoryBacklog backlog = new InMemoryBacklog(LIMIT);

    @Override
    protected Backlog backlog() {
        return backlog;
    }

    @Override
    protected void stop() {
        backlog.close();
    }
}
