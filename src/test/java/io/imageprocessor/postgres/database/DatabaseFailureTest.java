package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.StorageUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

class DatabaseFailureTest {

    @ParameterizedTest
    @ValueSource(strings = {"08006", "53100", "57P01", "25006", "42501", "42P01"})
    void leavesOutagesToTheMonitor(String sqlState) {
        Throwable failure = new StorageUnavailableException(new SQLException("", sqlState));

        assertThat(DatabaseFailure.isUnavailable(failure)).isTrue();
        assertThat(DatabaseFailure.isReportedByMonitor(failure)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"57014", "40P01", "55P03", "25P03"})
    void reportsWhatFailsWhileTheDatabaseAnswers(String sqlState) {
        Throwable failure = new StorageUnavailableException(new SQLException("", sqlState));

        assertThat(DatabaseFailure.isUnavailable(failure)).isTrue();
        assertThat(DatabaseFailure.isReportedByMonitor(failure)).isFalse();
    }

    @Test
    void reportsThatAllConnectionsAreInUse() {
        Throwable failure = new CannotCreateTransactionException(
                "", new SQLTransientConnectionException("Connection is not available, request timed out"));

        assertThat(DatabaseFailure.isUnavailable(failure)).isTrue();
        assertThat(DatabaseFailure.isReportedByMonitor(failure)).isFalse();
    }

    @Test
    void leavesALostConnectionToTheMonitorThatCannotBeRolledBack() {
        Throwable failure = new SQLException("Connection is closed");
        failure.addSuppressed(new SQLException("", "08006"));

        assertThat(DatabaseFailure.isReportedByMonitor(failure)).isTrue();
    }

    @Test
    void leavesATransactionThatCannotBeEndedToTheMonitor() {
        Throwable failure = new TransactionSystemException("", new SQLException("Connection is closed"));

        assertThat(DatabaseFailure.isReportedByMonitor(failure)).isTrue();
    }
}
