package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.JobStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

@SpringBootTest(webEnvironment = WebEnvironment.NONE)
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
