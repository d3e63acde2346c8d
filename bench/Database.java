import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PostgreSQL for the service, empty at the start: {@link DatabaseProgram} as a process of its own. */
final class Database implements AutoCloseable {

    private final Server server;

    private Database(Server server) throws InterruptedException {
        this.server = server;
        server.awaitReady("/url");
    }

    static Database start(Run run) throws IOException, InterruptedException {
        Path classPath = run.work().resolve("class-path");
        if (!Files.exists(classPath)) {
            throw new BenchmarkFailure("there is no " + classPath + ", which bench/run makes");
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
        run.report().line("PostgreSQL %s, with its defaults", database.ask("/version"));
        return database;
    }

    /** Settings of a service that keeps its jobs here. */
    List<String> settings() throws IOException {
        return List.of("imageprocessor.storage=postgres", "spring.datasource.url=" + ask("/url"));
    }

    /** Bytes written to the log so far. */
    long walBytes() throws IOException {
        return Long.parseLong(ask("/wal"));
    }

    /** Bytes that tables and indexes take. */
    long bytes() throws IOException {
        return Long.parseLong(ask("/size"));
    }

    private String ask(String path) throws IOException {
        Http.Answer answer = Http.get(server.url(path));
        if (answer.status() != 200) {
            throw server.failure("did not tell " + path);
        }
        return answer.body();
    }

    @Override
    public void close() {
        server.close();
    }
}
