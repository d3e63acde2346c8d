import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An initially empty PostgreSQL for the service: {@link DatabaseProgram} in its own process. */
final class Database implements AutoCloseable {

    private final Server server;

    private Database(Server server) throws InterruptedException {
        this.server = server;
        server.awaitReady("/url");
    }

    static Database start(Run run) throws IOException, InterruptedException {
        Path classPath = run.work().resolve("class-path");
        if (!Files.exists(classPath)) {
            throw new BenchmarkFailure("no such file: " + classPath + "; bench/run creates it");
        }
        int port = Server.freePort();
        var database = new Database(new Server(
                run,
                "database",
                port,
                List.of(
                        Service.java(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        Files.readString(classPath).strip(),
                        "bench/DatabaseProgram.java",
                        String.valueOf(port),
                        run.work().toString())));
        run.report().line("PostgreSQL %s, with its defaults", database.get("/version"));
        return database;
    }

    /** Returns the settings of a service that uses this database. */
    List<String> settings() throws IOException {
        return List.of("imageprocessor.storage=postgres", "spring.datasource.url=" + get("/url"));
    }

    /** Runs SQL as the superuser and returns the first value of the result, or an empty text without one. */
    String execute(String sql) throws IOException {
        Http.Answer answer = Http.call("POST", server.url("/sql"), Map.of(), sql.getBytes(StandardCharsets.UTF_8));
        if (answer.status() != 200) {
            throw server.failure("did not execute: " + sql);
        }
        return answer.body();
    }

    /** Returns the settings of a service that uses this database as a role without rights of its own. */
    List<String> settings(String role) throws IOException {
        return List.of(
                "imageprocessor.storage=postgres",
                "spring.datasource.url=" + get("/url").replaceFirst("user=[^&]*", "user=" + role));
    }

    /** Returns the bytes written to the write-ahead log so far. */
    long walBytes() throws IOException {
        return Long.parseLong(get("/wal"));
    }

    /** Returns the size of tables and indexes in bytes. */
    long bytes() throws IOException {
        return Long.parseLong(get("/size"));
    }

    private String get(String path) throws IOException {
        Http.Answer answer = Http.get(server.url(path));
        if (answer.status() != 200) {
            throw server.failure("returned status " + answer.status() + " for " + path);
        }
        return answer.body();
    }

    @Override
    public void close() {
        server.close();
    }
}
