package io.imageprocessor.postgres.database;

import io.imageprocessor.postgres.UnusableDatabaseException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the setting {@code spring.datasource.url}. {@link #toString} hides passwords. */
public record DatabaseUrl(String value) {

    private static final String NAME = "spring.datasource.url";
    private static final String PREFIX = "jdbc:postgresql://";

    /**
     * Checks the setting.
     *
     * @throws UnusableDatabaseException if it is blank, or not a JDBC URL of PostgreSQL
     */
    public static DatabaseUrl of(@Nullable String value) {
        DatabaseUrl url = new DatabaseUrl(Objects.requireNonNullElse(value, ""));
        if (url.value.isBlank()) {
            throw new UnusableDatabaseException("imageprocessor.storage=postgres needs " + NAME + ", such as " + PREFIX
                    + "localhost:5432/images; the profile local-postgres starts its own database");
        }
        if (!url.value.startsWith(PREFIX) || !url.isParsable()) {
            throw new UnusableDatabaseException(
                    NAME + " must look like " + PREFIX + "localhost:5432/images" + url.actual());
        }
        return url;
    }

    private boolean isParsable() {
        try {
            // The driver would parse text before an at sign as part of the host name.
            return !value.split("\\?", 2)[0].contains("@")
                    && DriverManager.getDriver(value).acceptsURL(value);
        } catch (SQLException _) {
            return false;
        }
    }

    private String actual() {
        return mayContainPassword()
                ? ", with user and password in settings of their own"
                : ", but is " + withoutParameters(value);
    }

    /** Returns host, port and database for the log. The rest is left out, because it may contain passwords. */
    @Override
    public String toString() {
        return mayContainPassword() ? "of " + NAME : withoutParameters(value.substring(PREFIX.length()));
    }

    /** Other kinds of URLs have a password before the at sign, and it may contain a question mark. */
    private boolean mayContainPassword() {
        return value.contains("@");
    }

    /** Cuts the parameters off, also those behind a wrong separator. */
    private static String withoutParameters(String text) {
        return text.split("[?&;]", 2)[0];
    }
}
