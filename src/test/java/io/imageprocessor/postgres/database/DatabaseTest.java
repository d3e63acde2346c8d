package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.postgres.TestDatabase;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class DatabaseTest {

    private final ConnectionPool pool = new ConnectionPool();

    private Database database() {
        pool.setDataSource(TestDatabase.dataSource());
        return new Database(new JdbcTemplate(pool), new TransactionTemplate(new JdbcTransactionManager(pool)));
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void reportsALostConnectionAsUnavailableAndAFaultAsItself() {
        Database database = database();

        assertThatExceptionOfType(StorageUnavailableException.class)
                .isThrownBy(() -> database.<@Nullable Void>inTransaction(jdbc -> {
                    jdbc.execute("SELECT pg_terminate_backend(pg_backend_pid())");
                    return null;
                }));

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> database.<@Nullable Void>inTransaction(jdbc -> {
                    jdbc.execute("SELECT 1 / 0");
                    return null;
                }))
                .withRootCauseInstanceOf(SQLException.class)
                .isNotInstanceOf(StorageUnavailableException.class);
    }
}
