package io.imageprocessor.postgres.database;

import io.imageprocessor.postgres.UnusableDatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import lombok.RequiredArgsConstructor;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * Connects to the database for the first time, sees whether it will do, and brings its schema to the state that this
 * program needs: forward only.
 */
@RequiredArgsConstructor
public final class SchemaMigration implements FlywayMigrationStrategy {

    /** The oldest release that PostgreSQL's developers still mend; it is also the one of Debian 12. */
    public static final int OLDEST_SERVER = 15;

    private final DataSource dataSource;
    private final DatabaseUrl url;
    private final int oldestServer;

    /** @throws UnusableDatabaseException if the database cannot be reached, or is not for this program */
    @Override
    public void migrate(Flyway flyway) {
        try (Connection connection = dataSource.getConnection()) {
            int server = connection.getMetaData().getDatabaseMajorVersion();
            if (server < oldestServer) {
                throw unusable("is PostgreSQL %d, and must be %d or newer".formatted(server, oldestServer));
            }
        } catch (SQLException e) {
            throw unusable("cannot be used: " + DatabaseFailure.reason(e), e);
        }
        try {
            refuseOthers(flyway);
            flyway.migrate();
        } catch (FlywayException e) {
            throw unusable("cannot be given its schema: " + DatabaseFailure.reason(e), e);
        }
    }

    /** Refuses a schema that was not made by the migrations of this program. */
    private void refuseOthers(Flyway flyway) {
        MigrationVersion known = MigrationVersion.EMPTY;
        for (MigrationInfo migration : flyway.info().all()) {
            if (migration.getState().isFailed()) {
                throw unusable("has a schema in which migration %s failed half-way".formatted(migration.getVersion()));
            }
            if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
                throw unusable("has a schema of version %s, made by a newer program: this one knows version %s"
                        .formatted(migration.getVersion(), known));
            }
            if (migration.isApplied() && !migration.isChecksumMatching()) {
                throw unusable("has a schema whose migration %s was another one than this program's"
                        .formatted(migration.getVersion()));
            }
            known = Objects.requireNonNullElse(migration.getVersion(), known);
        }
    }

    private UnusableDatabaseException unusable(String what) {
        return new UnusableDatabaseException("the database " + url + " " + what);
    }

    private UnusableDatabaseException unusable(String what, Exception cause) {
        return new UnusableDatabaseException("the database " + url + " " + what, cause);
    }
}
