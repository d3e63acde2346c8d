package io.imageprocessor.postgres.claiming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.TaskResolver;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.shaded.jdbc.JdbcRunner;
import com.github.kagkarlsson.shaded.jdbc.ResultSetMapper;
import com.github.kagkarlsson.shaded.jdbc.SQLRuntimeException;
import io.imageprocessor.LogLines;
import io.imageprocessor.postgres.database.Database;
import io.imageprocessor.postgres.database.DatabaseState;
import java.lang.reflect.Constructor;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.ArgumentMatchers;

class TwoLanePollingTest {

    private final DatabaseState state = mock();
    private final ClaimPolicy policy = mock();
    private final TwoLanePolling polling = new TwoLanePolling(new Database(mock(), mock(), state), policy);

    @Test
    void notesThatTheDiskIsFull() throws ReflectiveOperationException {
        RuntimeException failure = failure("53100");

        claim(failure);

        verify(state).failed(failure);
    }

    @ParameterizedTest
    @CsvSource({"57014, WARN", "40P01, WARN", "42703, ERROR", "08006, DEBUG", "53100, DEBUG", "42P01, DEBUG"})
    void logsOnlyWhatTheMonitorDoesNotReport(String sqlState, String level) throws ReflectiveOperationException {
        try (LogLines log = new LogLines(Level.DEBUG, TwoLanePolling.class.getName())) {
            claim(failure(sqlState));

            assertThat(log.all()).extracting(ILoggingEvent::getLevel).containsExactly(Level.valueOf(level));
        }
    }

    private static RuntimeException failure(String sqlState) {
        return new SQLRuntimeException(new SQLException("expected by this test", sqlState));
    }

    private void claim(RuntimeException failure) throws ReflectiveOperationException {
        when(policy.limits()).thenReturn(new ClaimPolicy.Limits(1, 1, List.of(), List.of()));
        JdbcRunner runner = mock();
        ResultSetMapper<List<Execution>> mapper = mock();
        when(runner.query(any(), any(), ArgumentMatchers.<ResultSetMapper<List<Execution>>>any()))
                .thenThrow(failure);
        Constructor<JdbcTaskRepositoryContext> constructor = JdbcTaskRepositoryContext.class.getDeclaredConstructor(
                TaskResolver.class, String.class, SchedulerName.class, JdbcRunner.class, Supplier.class);
        constructor.setAccessible(true);
        JdbcTaskRepositoryContext context = constructor.newInstance(
                mock(TaskResolver.class), "scheduled_tasks", new SchedulerName.Fixed("a"), runner, (Supplier<
                                ResultSetMapper<List<Execution>>>)
                        () -> mapper);

        assertThat(polling.lockAndFetchSingleStatement(context, Instant.EPOCH, 10, true))
                .isEmpty();
    }
}
