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
 * A program: the PostgreSQL of the tests, as it is shipped but that it writes as safely as PostgreSQL does by default,
 * which the library behind it does not. It tells over HTTP what the benchmark asks: where it is, and how many bytes it
 * has written and holds. Run with the class path of the tests.
 *
 * <p>{@code java -cp CLASS_PATH DatabaseProgram.java PORT FOLDER}
 */
final class DatabaseProgram {

    @FunctionalInterface
    private interface Question {
        String answer() throws SQLException;
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
        program.tell("/url", () -> postgres.getJdbcUrl("postgres", "postgres"));
        program.tell("/version", () -> program.one("SHOW server_version"));
        program.tell("/wal", () -> program.one("SELECT pg_current_wal_lsn() - '0/0'"));
        program.tell("/size", () -> program.one("SELECT pg_database_size(current_database())"));
        http.start();
    }

    private void tell(String path, Question question) {
        http.createContext(path, exchange -> {
            try (exchange) {
                byte[] answer = question.answer().getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            } catch (SQLException e) {
                throw new IOException(e);
            }
        });
    }

    private String one(String query) throws SQLException {
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
