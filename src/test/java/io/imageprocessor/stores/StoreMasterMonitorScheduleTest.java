package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

@ServiceTest
@SameOnAnyStorage
class StoreMasterMonitorScheduleTest {

    @Autowired
    ScheduledTaskHolder schedule;

    @Autowired
    ThreadPoolTaskScheduler scheduler;

    @Test
    void checksTheFileEveryFiveSeconds() {
        assertThat(schedule.getScheduledTasks()).anySatisfy(task -> {
            assertThat(task.toString()).endsWith("StoreMasterMonitor.check");
            assertThat(((FixedDelayTask) task.getTask()).getIntervalDuration()).isEqualTo(Duration.ofSeconds(5));
        });
    }

    @Test
    void hasAThreadForRetriesBesideSixSlowTasks() {
        assertThat(scheduler.getScheduledThreadPoolExecutor().getCorePoolSize()).isEqualTo(7);
    }
}
