package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.InMemoryOnly;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.job.JobStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

@ServiceTest
@InMemoryOnly("the repository")
class RetentionScheduleTest {

    @Autowired
    ScheduledTaskHolder schedule;

    @Autowired
    JobStore store;

    @Test
    void removesExpiredJobsEveryMinute() {
        assertThat(schedule.getScheduledTasks()).anySatisfy(task -> {
            assertThat(task.toString()).endsWith("RetainedJobs.removeExpired");
            assertThat(((FixedDelayTask) task.getTask()).getIntervalDuration()).isEqualTo(Duration.ofMinutes(1));
        });
    }

    /** A proxy would slow down every image. */
    @Test
    void storedJobsHaveNoProxy() {
        assertThat(store).isExactlyInstanceOf(InMemoryJobStore.class);
    }
}
