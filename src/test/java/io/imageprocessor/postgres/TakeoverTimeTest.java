package io.imageprocessor.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerProperties;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** The time to take over the slices of a dead replica, with the settings of application.yaml. */
class TakeoverTimeTest {

    /** Maximum time from the last heartbeat to the takeover; the documentation promises 30 s. */
    private static final Duration MAX_TAKEOVER_TIME = Duration.ofSeconds(25);

    /** db-scheduler looks for dead executions every second heartbeat interval. */
    private static final int INTERVALS_BETWEEN_CHECKS = 2;

    @Test
    void isBelowTheMaximumWithDefaultSettings() throws IOException {
        DbSchedulerProperties shipped = shipped();

        assertThat(shipped.getHeartbeatInterval()
                        .multipliedBy(shipped.getMissedHeartbeatsLimit() + INTERVALS_BETWEEN_CHECKS))
                .isLessThanOrEqualTo(MAX_TAKEOVER_TIME);
    }

    private static DbSchedulerProperties shipped() throws IOException {
        return new Binder(ConfigurationPropertySources.from(
                        new YamlPropertySourceLoader().load("application", new ClassPathResource("application.yaml"))))
                .bind("db-scheduler", DbSchedulerProperties.class)
                .get();
    }
}
