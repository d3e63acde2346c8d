package io.imageprocessor.postgres.database;

import io.imageprocessor.postgres.UnusableDatabaseException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The setting {@code spring.datasource.url}. */
public record DatabaseUrl(String value) {

    private static final String NAME = "spring.datasource.url";
    private static final String PREFIX = "jdbc:postgresql://";

    /**
     * Checks what was set.
     *
     * @throws UnusableDatabaseException if it is nothing, or not the address of a PostgreSQL
     */
    public static DatabaseUrl of(@Nullable String value) {
        DatabaseUrl url = new DatabaseUrl(Objects.requireNonNullElse(value, ""));
        if (url.value.isBlank()) {
            throw new UnusableDatabaseException("imageprocessor.storage=postgres needs " + NAME + ", such as " + PREFIX
                    + "localhost:5432/images; the profile local-postgres brings a database of its own");
        }
        if (!url.value.startsWith(PREFIX) || !url.isReadable()) {
            throw new UnusableDatabaseException(
                    NAME + " must look like " + PREFIX + "localhost:5432/images" + url.butIs());
        }
        return url;
    }

    private boolean isReadable() {
        try {
            // The driver would take what is in front of an at sign for a part of the host's name.
            return !value.split("\\?", 2)[0].contains("@")
                    && DriverManager.getDriver(value).acceptsURL(value);
        } catch (SQLException _) {
            return false;
        }
    }

    private String butIs() {
        return mayHoldAPassword() ? ", with user and password apart" : ", but is " + withoutParameters(value);
    }

    /** Host, port and database, for the log: there may be passwords in what was left out. */
    @Override
    public String toString() {
        return mayHoldAPassword() ? "of " + NAME : withoutParameters(value.substring(PREFIX.length()));
    }

    /** In front of an at sign, as in other kinds of URLs; where such a one ends, a question mark does not tell. */
    private boolean mayHoldAPassword() {
        return value.contains("@");
    }

    /** However they are mistakenly set apart. */
    private static String withoutParameters(String text) {
        return text.split("[?&;]", 2)[0];
    }
}
