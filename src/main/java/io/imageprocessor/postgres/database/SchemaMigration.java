package io.imageprocessor.postgres.database;

import io.imageprocessor.postgres.UnusableDatabaseException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/** Checks the database at the start of the service, and migrates its schema forward to the version of this program. */
public final class SchemaMigration implements FlywayMigrationStrategy {

    /** The oldest release that the PostgreSQL project maintains; also the release of Debian 12. */
    static final int OLDEST_SERVER = 15;

    private final DataSource dataSource;
    private final DatabaseUrl url;
    private final int oldestServer;

    public SchemaMigration(DataSource dataSource, DatabaseUrl url) {
        this(dataSource, url, OLDEST_SERVER);
    }

    /** @param oldestServer major version of the oldest supported PostgreSQL */
    SchemaMigration(DataSource dataSource, DatabaseUrl url, int oldestServer) {
        this.dataSource = dataSource;
        this.url = url;
        this.oldestServer = oldestServer;
    }

    /** @throws UnusableDatabaseException if the database cannot be reached or used by this program */
    @Override
    public void migrate(Flyway flyway) {
        try (Connection connection = dataSource.getConnection()) {
            int server = connection.getMetaData().getDatabaseMajorVersion();
            if (server < oldestServer) {
                throw unusable("is PostgreSQL %d; version %d or newer is required".formatted(server, oldestServer));
            }
            String encoding = encoding(connection);
            if (!encoding.equals("UTF8")) {
                throw unusable("has the encoding %s; UTF8 is required".formatted(encoding));
            }
        } catch (SQLException e) {
            throw unusable("cannot be used: " + DatabaseFailure.reason(e), e);
        }
        try {
            rejectForeignSchema(flyway);
            flyway.migrate();
        } catch (FlywayException e) {
            throw unusable("cannot be migrated: " + DatabaseFailure.reason(e), e);
        }
    }

    /** Returns the encoding of the stored text. Another one than UTF-8 cannot store all URLs and labels. */
    private static String encoding(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_encoding")) {
            result.next();
            return result.getString(1);
        }
    }

    /** Rejects a schema that the migrations of this program did not create. */
    private void rejectForeignSchema(Flyway flyway) {
        MigrationVersion known = MigrationVersion.EMPTY;
        for (MigrationInfo migration : flyway.info().all()) {
            if (migration.getState().isFailed()) {
                throw unusable("has a schema whose migration %s failed".formatted(migration.getVersion()));
            }
            if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
                throw unusable("has schema version %s of a newer program; this one supports version %s"
                        .formatted(migration.getVersion(), known));
            }
            if (migration.isApplied() && !migration.isChecksumMatching()) {
                throw unusable("has a schema whose migration %s differs from that of this program"
                        .formatted(migration.getVersion()));
            }
            known = Objects.requireNonNullElse(migration.getVersion(), known);
        }
    }

    private UnusableDatabaseException unusable(String reason) {
        return new UnusableDatabaseException("the database " + url + " " + reason);
    }

    private UnusableDatabaseException unusable(String reason, Exception cause) {
        return new UnusableDatabaseException("the database " + url + " " + reason, cause);
    }
}
