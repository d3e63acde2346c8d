package io.imageprocessor.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class SchemaMigrationTest {

    @Test
    void refusesAServerThatIsTooOld() {
        DatabaseUrl url = DatabaseUrl.of(TestDatabase.create());
        try (ConnectionPool pool = new ConnectionPool()) {
            pool.setJdbcUrl(url.value());
            Flyway flyway = Flyway.configure().dataSource(pool).load();
            SchemaMigration migration = new SchemaMigration(pool, url, 99);

            assertThatThrownBy(() -> migration.migrate(flyway))
                    .isInstanceOf(UnusableDatabaseException.class)
                    .hasMessageMatching(
                            "the database localhost:\\d+/test_\\d+ is PostgreSQL 18, and must be 99 or newer");
        }
    }
}
