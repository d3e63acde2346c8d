package io.imageprocessor.postgres.database;

import io.imageprocessor.job.StorageUnavailableException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The way to the database for all of this room. What it cannot be reached for is told apart from all other failures.
 */
public final class Database {

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;

    /** Whether the database is known to be away, so that trying to reach it would only take time. */
    private final BooleanSupplier away;

    /** A database that is tried each time. */
    public Database(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this(jdbc, transactions, () -> false);
    }

    public Database(JdbcTemplate jdbc, TransactionTemplate transactions, BooleanSupplier away) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.away = away;
    }

    /**
     * Does something with the database, each statement for itself, or all in the transaction that this thread is in.
     *
     * @throws StorageUnavailableException if the database cannot be reached or breaks off
     */
    public <T extends @Nullable Object> T with(Function<JdbcTemplate, T> work) {
        return translated(() -> work.apply(jdbc));
    }

    /**
     * Does something in a transaction, or in the one that this thread is in.
     *
     * @throws StorageUnavailableException if the database cannot be reached or breaks off: whether the transaction was
     *     committed is not known then
     */
    public <T extends @Nullable Object> T inTransaction(Function<JdbcTemplate, T> work) {
        return translated(() -> transactions.execute(_ -> work.apply(jdbc)));
    }

    /**
     * Reads in a transaction of its own, in which the database stands as it stood at the first look, whatever others
     * commit.
     *
     * @throws StorageUnavailableException if the database cannot be reached or breaks off
     */
    public <T extends @Nullable Object> T atOneInstant(Function<JdbcTemplate, T> reading) {
        return inTransaction(jdbc -> {
            // Not as a property of the connection, which a pooler in between would give to others.
            jdbc.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return reading.apply(jdbc);
        });
    }

    /** Whether the database is known to be away. Never waits. */
    public boolean isAway() {
        return away.getAsBoolean();
    }

    private <T extends @Nullable Object> T translated(Supplier<T> work) {
        if (isAway()) {
            throw new StorageUnavailableException(new SQLTransientConnectionException("the database is away"));
        }
        try {
            return work.get();
        } catch (StorageUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            if (isUnavailable(e)) {
                throw new StorageUnavailableException(e);
            }
            throw e;
        }
    }

    /**
     * Whether the failure is of the way to the database, or of a database that comes or goes, and not of what was
     * asked.
     */
    public static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof QueryTimeoutException
                    || (cause instanceof SQLException sql && isUnavailable(sql.getSQLState()))
                    // Neither committed nor rolled back, which happens on a connection that is lost, whatever else is
                    // told of it.
                    || cause instanceof TransactionSystemException
                    || Stream.of(cause.getSuppressed()).anyMatch(Database::isUnavailable)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the database was there, but took longer than a statement may. */
    public static boolean isTooSlow(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && "57014".equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /** Whether what was to be written is at fault, so that the same will fail however often it is tried. */
    public static boolean isOfTheData(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                // Data exception, integrity constraint violation.
                return state != null && (state.startsWith("22") || state.startsWith("23"));
            }
        }
        // Not the database's word, and no lack of memory: a fault of this program.
        return failure instanceof RuntimeException;
    }

    /** By the classes of PostgreSQL's error codes (its manual, appendix A). */
    private static boolean isUnavailable(@Nullable String state) {
        return state != null
                && (state.startsWith("08") // connection exception
                        || state.startsWith("53") // insufficient resources: too many connections, disk full
                        || state.startsWith("57P") // shutting down, starting up
                        || state.equals("57014") // cancelled by a statement timeout
                        || state.startsWith("40") // deadlock, serialization failure
                        || state.equals("55P03") // lock not available in time
                        || state.equals("25006") // read-only: a standby, or a primary that is not one any more
                        || state.equals("25P03")); // the transaction stood still for too long
    }
}
