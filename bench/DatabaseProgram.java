import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A program that runs the PostgreSQL of the tests, with the durable defaults of PostgreSQL that the test library turns
 * off. It reports its URL, its version and its sizes over HTTP. Run it with the class path of the tests.
 *
 * <p>{@code java -cp CLASS_PATH DatabaseProgram.java PORT FOLDER}
 */
final class DatabaseProgram {

    @FunctionalInterface
    private interface Value {
        String read() throws SQLException;
    }

    private final EmbeddedPostgres postgres;
    private final HttpServer http;

    private DatabaseProgram(EmbeddedPostgres postgres, HttpServer http) {
        this.postgres = postgres;
        this.http = http;
    }

    public static void main(String[] args) throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(Files.createTempDirectory(Path.of(args[1]), "database"))
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        var http = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 16);
        var program = new DatabaseProgram(postgres, http);
        program.serve("/url", () -> postgres.getJdbcUrl("postgres", "postgres"));
        program.serve("/version", () -> program.querySingle("SHOW server_version"));
        program.serve("/wal", () -> program.querySingle("SELECT pg_current_wal_lsn() - '0/0'"));
        program.serve("/size", () -> program.querySingle("SELECT pg_database_size(current_database())"));
        http.createContext("/sql", program::execute);
        http.start();
    }

    private void serve(String path, Value value) {
        http.createContext(path, exchange -> {
            try (exchange) {
                byte[] body = value.read().getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            } catch (SQLException e) {
                throw new IOException(e);
            }
        });
    }

    /** Executes the body of the request and answers the first value of its result. */
    private void execute(HttpExchange exchange) throws IOException {
        try (exchange;
                var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            String sql = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String value = "";
            if (statement.execute(sql)) {
                ResultSet row = statement.getResultSet();
                value = row.next() ? row.getString(1) : "";
            }
            byte[] body = value.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    private String querySingle(String query) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
