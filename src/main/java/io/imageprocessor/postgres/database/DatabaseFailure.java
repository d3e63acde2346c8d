package io.imageprocessor.postgres.database;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Optional;

/** Why something went wrong with the database, on one line. */
final class DatabaseFailure {

    private DatabaseFailure() {}

    /**
     * What the server or the driver said, which is made for people; without what the layers above wrapped around it.
     */
    static String reason(Throwable failure) {
        Throwable said = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "there is no host of that name";
            }
            if (cause instanceof SQLException) {
                said = cause;
            }
        }
        return Optional.ofNullable(said.getMessage())
                .flatMap(message ->
                        message.lines().filter(line -> !line.isBlank()).findFirst())
                .map(line -> line.replaceFirst("^(ERROR|FATAL): ", ""))
                .orElse("it does not say why");
    }
}
