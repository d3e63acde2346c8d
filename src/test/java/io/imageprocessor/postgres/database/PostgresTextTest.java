package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.Jobs;
import io.imageprocessor.job.TestClock;
import io.imageprocessor.postgres.TestDatabase;
import io.imageprocessor.postgres.TestReplica;
import org.junit.jupiter.api.Test;

class PostgresTextTest {

    @Test
    void replacesCharactersThatPostgresRejects() {
        assertThat(PostgresText.of("a\0b")).isEqualTo("a\uFFFDb");
        assertThat(PostgresText.of("\uD83D-\uDE00\uD83D")).isEqualTo("\uFFFD-\uFFFD\uFFFD");
        assertThat(PostgresText.of("a\uD83D\uDE00b")).isEqualTo("a\uD83D\uDE00b");
    }

    @Test
    void treatsStoreIdsAsEqualIfTheyDifferOnlyInReplacedCharacters() {
        var clock = new TestClock(Jobs.SUBMITTED_AT);
        try (TestReplica replica = new TestReplica(TestDatabase.dataSource(), clock)) {
            replica.store.save(
                    Jobs.job(1)
                            .visit("\uD83D", "http://a/0")
                            .visit("\uDE00", "http://a/1")
                            .build(),
                    _ -> {});

            assertThat(replica.jdbc().queryForObject("SELECT store_id FROM job_store", String.class))
                    .isEqualTo("\uFFFD");
        }
    }
}
