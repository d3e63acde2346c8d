package io.imageprocessor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryLogLimiterTest {

    private static final String LIBRARY = "org.springframework.web.servlet.resource.ResourceHandlerUtils";

    /** Close to its overflow, which {@link System#nanoTime} allows. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void install() {
        context.addTurboFilter(new LibraryLogLimiter(now::get));
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
        lines.start();
    }

    @Test
    void logsOneWarningAMinuteOfEachLogger() {
        IllegalStateException cause = new IllegalStateException("closed");
        for (int i = 0; i < 100; i++) {
            context.getLogger(LIBRARY).warn("path " + i);
            context.getLogger("org.springframework.transaction.support.TransactionTemplate")
                    .error("overridden", cause);
        }
        assertThat(messages()).containsExactly("path 0", "overridden");

        now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        context.getLogger(LIBRARY).warn("early");
        assertThat(messages()).hasSize(2);

        now.incrementAndGet();
        context.getLogger(LIBRARY).warn("path {}", 7);
        context.getLogger("org.springframework.transaction.support.TransactionTemplate")
                .error("overridden", cause);
        context.getLogger(LIBRARY).error("suppressed again");
        assertThat(messages())
                .endsWith(
                        "path 7; 100 similar lines suppressed",
                        "overridden: java.lang.IllegalStateException: closed; 99 similar lines suppressed");
        ILoggingEvent last = lines.list.getLast();
        assertThat(last.getLevel()).isEqualTo(Level.ERROR);
        assertThat(last.getMarkerList()).isNull();
    }

    @Test
    void logsOneStackTraceAnHourOfEachKindOfFault() {
        Logger logger = context.getLogger(LIBRARY);
        IllegalStateException cause = new IllegalStateException("closed");
        logger.error("failed", cause);
        nextMinute();
        logger.error("failed with {}", "{}", cause);
        nextMinute();
        logger.error("failed", new IllegalStateException("again", new IllegalArgumentException("other")));
        now.addAndGet(Duration.ofHours(1).toNanos());
        logger.error("failed with {}", 1, cause);

        assertThat(messages())
                .containsExactly(
                        "failed", "failed with {}: java.lang.IllegalStateException: closed", "failed", "failed with 1");
        assertThat(lines.list)
                .extracting(ILoggingEvent::getThrowableProxy)
                .extracting(trace -> trace == null ? "" : trace.getMessage())
                .containsExactly("closed", "", "again", "closed");
    }

    @Test
    void logsNoStackTraceOfAFailedStatement() {
        context.getLogger(LIBRARY)
                .error(
                        "failed",
                        new IllegalStateException("no", new SQLTransientException("ERROR: permission denied")));

        assertThat(messages()).containsExactly("failed: java.sql.SQLTransientException: ERROR: permission denied");
        assertThat(lines.list.getFirst().getThrowableProxy()).isNull();
    }

    private void nextMinute() {
        now.addAndGet(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void doesNotCountQuestionsForTheLevel() {
        Logger logger = context.getLogger(LIBRARY);

        assertThat(logger.isWarnEnabled()).isTrue();
        assertThat(logger.isErrorEnabled()).isTrue();
        logger.warn("first");

        assertThat(messages()).containsExactly("first");
    }

    @Test
    void doesNotCountLinesOfADisabledLevel() {
        context.getLogger("org.postgresql").setLevel(Level.ERROR);
        context.getLogger("org.postgresql.Driver").warn("disabled");

        context.getLogger("org.postgresql.Driver").error("enabled");

        assertThat(messages()).containsExactly("enabled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.imageprocessor.job.JobLog",
                "org.springframework.webflux",
                "org.flywaydb.core",
                "org.hibernate"
            })
    void doesNotLimitOtherLoggers(String name) {
        context.getLogger(name).warn("one");
        context.getLogger(name).warn("two");

        assertThat(messages()).containsExactly("one", "two");
    }

    @Test
    void doesNotLimitInformation() {
        context.getLogger(LIBRARY).info("one");
        context.getLogger(LIBRARY).info("two");

        assertThat(messages()).containsExactly("one", "two");
    }

    @Test
    void doesNotLimitALoggerAtDebugLevel() {
        context.getLogger("org.springframework.web").setLevel(Level.DEBUG);

        context.getLogger(LIBRARY).warn("one");
        context.getLogger(LIBRARY).warn("two");

        assertThat(messages()).containsExactly("one", "two");
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
