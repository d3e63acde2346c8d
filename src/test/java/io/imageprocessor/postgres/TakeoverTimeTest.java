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

/** Other tests have short heartbeats: these are the ones that the service is shipped with. */
class TakeoverTimeTest {

    /** From its last heartbeat to the work on its slices elsewhere: within the 30 s that are promised. */
    private static final Duration LONGEST = Duration.ofSeconds(25);

    /** db-scheduler looks for dead executions once in so many intervals. */
    private static final int INTERVALS_BETWEEN_LOOKS = 2;

    @Test
    void isShortWithTheSettingsAsShipped() throws IOException {
        DbSchedulerProperties shipped = shipped();

        assertThat(shipped.getHeartbeatInterval()
                        .multipliedBy(shipped.getMissedHeartbeatsLimit() + INTERVALS_BETWEEN_LOOKS))
                .isLessThanOrEqualTo(LONGEST);
    }

    private static DbSchedulerProperties shipped() throws IOException {
        return new Binder(ConfigurationPropertySources.from(
                        new YamlPropertySourceLoader().load("application", new ClassPathResource("application.yaml"))))
                .bind("db-scheduler", DbSchedulerProperties.class)
                .get();
    }
}
