package io.imageprocessor.postgres.database;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Classifies failures of database calls, by their SQL state. Thread-safe. */
public final class DatabaseFailure {

    /** Class of SQL states. */
    static final String CONNECTION_EXCEPTION = "08";

    private DatabaseFailure() {}

    /**
     * Returns whether the database or the connection to it is the cause, and not the statement. The same statement may
     * succeed later.
     */
    public static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof CannotCreateTransactionException
                    || cause instanceof QueryTimeoutException
                    || (cause instanceof SQLException sql && isUnavailable(sql.getSQLState()))
                    // Neither committed nor rolled back. This happens on a lost connection, whatever the SQL state.
                    || cause instanceof TransactionSystemException
                    || Stream.of(cause.getSuppressed()).anyMatch(DatabaseFailure::isUnavailable)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the database answered, but cancelled a statement that exceeded statement_timeout. */
    public static boolean isStatementTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && "57014".equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether {@link DatabaseMonitor} reports this failure, now or within seconds. It does not while the
     * database answers: if a statement takes too long or meets a deadlock, or if all connections of the pool are in
     * use.
     */
    public static boolean isReportedByMonitor(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if ((cause instanceof SQLException sql && isReportedByMonitor(sql.getSQLState()))
                    // The connection was lost, but a failed rollback hides that.
                    || cause instanceof TransactionSystemException
                    || Stream.of(cause.getSuppressed()).anyMatch(DatabaseFailure::isReportedByMonitor)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the SQL state if the server lacks a resource, such as disk space; null otherwise. */
    static @Nullable String lackOfResource(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith("53")) {
                return sql.getSQLState();
            }
        }
        return null;
    }

    /** Returns whether the written data is the cause, so that every further attempt fails in the same way. */
    public static boolean isPermanent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                // Data exception, integrity constraint violation.
                return state != null && (state.startsWith("22") || state.startsWith("23"));
            }
        }
        // Neither an error of the database nor of the JVM, such as lack of memory: a fault of this program.
        return failure instanceof RuntimeException;
    }

    /** Error classes and codes of PostgreSQL's manual, appendix A. */
    private static boolean isUnavailable(@Nullable String state) {
        return isReportedByMonitor(state)
                || (state != null
                        && (state.equals("57014") // cancelled by a statement timeout
                                || state.startsWith("40") // deadlock, serialization failure
                                || state.equals("55P03") // lock not available in time
                                || state.equals("25P03"))); // idle in transaction for too long
    }

    private static boolean isReportedByMonitor(@Nullable String state) {
        return state != null
                && (state.startsWith(CONNECTION_EXCEPTION)
                        || state.startsWith(
                                "53") // insufficient resources: too many connections, disk full, temp_file_limit
                        || state.startsWith("57P") // shutting down, starting up
                        || state.equals("25006") // read-only: a standby, a former primary, or by a setting
                        || state.equals("42501") // a right was revoked
                        || state.equals("42P01")); // no such table, or the right to use its schema was revoked
    }

    /** Returns the message of the server or the driver in one line, without the messages of the layers above. */
    static String reason(Throwable failure) {
        Throwable source = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "unknown host";
            }
            if (cause instanceof SQLException) {
                source = cause;
            }
        }
        return Optional.ofNullable(source.getMessage())
                .flatMap(message ->
                        message.lines().filter(line -> !line.isBlank()).findFirst())
                .map(line -> line.replaceFirst("^(ERROR|FATAL): ", ""))
                .orElse("no reason given");
    }
}
