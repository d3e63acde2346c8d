package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.InMemoryOnly;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.job.JobRepository;
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
    JobRepository repository;

    @Test
    void forgetsExpiredJobsEveryMinuteWithoutBeingAsked() {
        assertThat(schedule.getScheduledTasks()).anySatisfy(task -> {
            assertThat(task.toString()).endsWith("InMemoryJobRepository.forgetExpired");
            assertThat(((FixedDelayTask) task.getTask()).getIntervalDuration()).isEqualTo(Duration.ofMinutes(1));
        });
    }

    /** A proxy would be in the way of each image. */
    @Test
    void theJobsAreAskedForDirectly() {
        assertThat(repository).isExactlyInstanceOf(InMemoryJobRepository.class);
    }
}
