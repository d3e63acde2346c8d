package io.imageprocessor.postgres.database;

import io.imageprocessor.job.StorageUnavailableException;
import io.imageprocessor.logging.FatalErrors;
import java.sql.SQLTransientConnectionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs all SQL of this module, and translates connectivity errors to {@link StorageUnavailableException}. Thread-safe.
 */
public final class Database {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final DatabaseState state;

    /** Tries to reach the database on each call. */
    public Database(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this(jdbc, transactions, DatabaseState.UNKNOWN);
    }

    /** @param state what is known about the database; calls fail at once while it is unavailable */
    public Database(JdbcTemplate jdbc, TransactionTemplate transactions, DatabaseState state) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.state = state;
    }

    /**
     * Runs statements: each in a transaction of its own, or all in the current transaction of this thread.
     *
     * @throws StorageUnavailableException if the database cannot be reached or the connection is lost
     */
    public <T extends @Nullable Object> T execute(Function<JdbcTemplate, T> work) {
        return translateErrors(() -> work.apply(jdbc));
    }

    /**
     * Runs statements in one transaction: a new one, or the current transaction of this thread.
     *
     * @throws StorageUnavailableException if the database cannot be reached or the connection is lost; the transaction
     *     may have been committed
     */
    public <T extends @Nullable Object> T inTransaction(Function<JdbcTemplate, T> work) {
        return translateErrors(() -> transactions.execute(_ -> work.apply(jdbc)));
    }

    /**
     * Reads in a transaction of its own, from one snapshot: concurrent commits are not visible.
     *
     * @throws StorageUnavailableException if the database cannot be reached or the connection is lost
     */
    public <T extends @Nullable Object> T inSnapshot(Function<JdbcTemplate, T> reading) {
        return inTransaction(jdbc -> {
            // Not as a property of the connection: behind a pooler, other clients would get that connection too.
            jdbc.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return reading.apply(jdbc);
        });
    }

    /** Returns whether the database is known to be unavailable. Never blocks. */
    public boolean isUnavailable() {
        return state.isUnavailable();
    }

    /** Returns whether the database can be read and written, as far as is known. Never blocks. */
    public boolean isReady() {
        return state.isReady();
    }

    /**
     * Notes a failed call that was not made through this object, as those of libraries. Never blocks.
     *
     * @return whether the database is the cause, and not the statement
     */
    public boolean noteFailure(Throwable failure) {
        boolean cause = DatabaseFailure.isUnavailable(failure);
        if (cause) {
            state.failed(failure);
        }
        return cause;
    }

    private <T extends @Nullable Object> T translateErrors(Supplier<T> work) {
        if (isUnavailable()) {
            throw new StorageUnavailableException(new SQLTransientConnectionException(
                    "the database is unavailable", DatabaseFailure.CONNECTION_EXCEPTION + "000"));
        }
        try {
            return work.get();
        } catch (StorageUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            // The driver wraps an OutOfMemoryError.
            FatalErrors.haltIfFatal(e);
            if (noteFailure(e)) {
                throw new StorageUnavailableException(e);
            }
            throw e;
        }
    }
}
