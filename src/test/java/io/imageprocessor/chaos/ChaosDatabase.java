package io.imageprocessor.chaos;

import static org.awaitility.Awaitility.await;

import io.imageprocessor.ServiceProcess;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A PostgreSQL server that can be stopped in several ways and started again on the same port with the same data. */
final class ChaosDatabase implements AutoCloseable {

    /** How the server stops. */
    enum End {
        /** Rolls back transactions, closes connections and writes all data files. */
        FAST("INT"),
        /** Stops at once and recovers from its log at the next start. */
        IMMEDIATE("QUIT"),
        /** Kills the main process; the others detect that and end. */
        KILLED("KILL");

        private final String signal;

        End(String signal) {
            this.signal = signal;
        }
    }

    private static final Duration START = Duration.ofSeconds(60);

    private final Path data;
    private final Path log;
    private final int port = ServiceProcess.lastingPort();

    ChaosDatabase(Path folder) throws IOException {
        this.data = folder.resolve("database");
        this.log = folder.resolve("database.log");
        start();
    }

    int port() {
        return port;
    }

    /** Connects directly to the database, not through the proxies of the replicas. */
    DriverManagerDataSource dataSource() {
        return new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
    }

    JdbcClient client() {
        return JdbcClient.create(dataSource());
    }

    /** Starts the server and waits until it accepts connections. After a kill, old processes may have to end first. */
    void start() {
        await().atMost(START)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(
                        () -> EmbeddedPostgres.builder()
                                .setDataDirectory(data)
                                .setCleanDataDirectory(false)
                                .setRegisterShutdownHook(false)
                                .setPort(port)
                                .setServerConfig("max_connections", "200")
                                // EmbeddedPostgres turns it off, which would lose the last commits before a kill.
                                .setServerConfig("synchronous_commit", "on")
                                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                                .start(),
                        _ -> true);
    }

    /** Stops the server and waits until the main process has ended. */
    void end(End how) throws IOException {
        ProcessHandle main = ProcessHandle.of(Long.parseLong(
                        Files.readAllLines(data.resolve("postmaster.pid")).getFirst()))
                .orElseThrow();
        new ProcessBuilder("kill", "-" + how.signal, Long.toString(main.pid()))
                .inheritIO()
                .start();
        await().atMost(START).pollInterval(Duration.ofMillis(10)).until(() -> !main.isAlive());
        // The lock of this JVM for the server that it has stopped.
        Files.delete(data.resolve("epg-lock"));
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            end(End.IMMEDIATE);
        }
    }
}
