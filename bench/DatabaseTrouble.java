import java.io.IOException;
import java.time.Duration;

/** What an administrator does to the database of a running service, by mistake. */
final class DatabaseTrouble {

    /** The role of the service, which owns its tables, but is no superuser. */
    static final String ROLE = "soak";

    private static final Duration REVOKED = Duration.ofSeconds(3);
    private static final Duration RECOVERY = Duration.ofSeconds(30);
    private static final String[] RIGHTS = {"INSERT ON image_result", "ALL ON job"};

    private final Database database;
    private final Server service;
    private final Outages outages;
    private int turn;

    DatabaseTrouble(Database database, Server service, Outages outages) {
        this.database = database;
        this.service = service;
        this.outages = outages;
    }

    /** Creates the role of the service in an empty database. */
    static void createRole(Database database) throws IOException {
        database.execute("CREATE ROLE " + ROLE + " LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO " + ROLE);
    }

    /** Ends three connections of the service, whatever they are used for. */
    void terminateBackends() throws IOException {
        database.execute("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity"
                + " WHERE usename = '" + ROLE + "' ORDER BY random() LIMIT 3) AS backend");
    }

    /**
     * Takes a right from the service, and gives it back after three seconds. The service cannot work until it has
     * noticed that; so the time until it is ready again is an outage.
     */
    void revokeRight() throws IOException, InterruptedException {
        String right = RIGHTS[turn++ % RIGHTS.length];
        outages.begin();
        try {
            database.execute("REVOKE " + right + " FROM " + ROLE);
            try {
                Thread.sleep(REVOKED);
            } finally {
                database.execute("GRANT " + right + " TO " + ROLE);
            }
            awaitReady();
        } finally {
            outages.end();
        }
    }

    /** Waits until the service is ready for a second, because it may not have noticed the outage yet. */
    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + RECOVERY.toNanos();
        for (int ready = 0; ready < 10; ready++) {
            Thread.sleep(500);
            if (Http.get(service.url("/actuator/health/readiness")).status() != 200) {
                ready = 0;
            }
            if (System.nanoTime() > end) {
                throw new IOException("not ready " + RECOVERY + " after a right was granted again");
            }
        }
    }
}
