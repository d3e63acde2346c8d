import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of photos: nginx as a fast origin, {@link SlowOrigin} as one with a delay. */
final class Origin implements AutoCloseable {

    private static final String COUNTER = "/requests";
    /** The line of nginx's stub_status: connections accepted, connections handled, requests. */
    private static final Pattern REQUESTS = Pattern.compile("\\d+ \\d+ (\\d+)");

    /**
     * One process without a master, so that it runs as the current user and can read the photos. The performance
     * settings are those of a usual installation. nginx creates the temporary folders at start, but never uses them.
     */
    private static final String NGINX_CONFIGURATION = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log nginx-error.log;
            events {
              worker_connections 4096;
            }
            http {
              access_log off;
              default_type image/jpeg;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              keepalive_timeout 120s;
              client_body_temp_path tmp;
              proxy_temp_path tmp;
              fastcgi_temp_path tmp;
              uwsgi_temp_path tmp;
              scgi_temp_path tmp;
              server {
                listen 127.0.0.1:%d backlog=4096;
                root photos;
                location = /requests {
                  stub_status;
                }
              }
            }
            """;

    private final Server server;

    private Origin(Server server) throws InterruptedException {
        this.server = server;
        server.awaitReady(COUNTER);
    }

    /** Starts an nginx with keep-alive that serves from the page cache. */
    static Origin fast(Run run) throws IOException, InterruptedException {
        int port = Server.freePort();
        Path configuration = run.work().resolve("nginx.conf");
        Files.writeString(configuration, NGINX_CONFIGURATION.formatted(port));
        return new Origin(new Server(
                run,
                "nginx",
                port,
                List.of(
                        "nginx",
                        "-p",
                        run.work().toString(),
                        "-c",
                        configuration.toString(),
                        "-e",
                        run.work().resolve("nginx-error.log").toString())));
    }

    /** Starts an origin that delays each photo by the given time. */
    static Origin slow(Run run, Duration perPhoto) throws IOException, InterruptedException {
        int port = Server.freePort();
        List<String> command = List.of(
                Service.java(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "bench/SlowOrigin.java",
                String.valueOf(port),
                String.valueOf(perPhoto.toMillis()),
                run.photos().toString());
        return new Origin(new Server(run, "slow-origin", port, command));
    }

    String url(Photo photo) {
        return server.url(photo.path());
    }

    /** Returns the number of requests so far, including this one. */
    long requests() throws IOException {
        Matcher requests = REQUESTS.matcher(Http.get(server.url(COUNTER)).body());
        if (!requests.find()) {
            throw server.failure("does not report its requests");
        }
        return Long.parseLong(requests.group(1));
    }

    @Override
    public void close() {
        server.close();
    }
}
