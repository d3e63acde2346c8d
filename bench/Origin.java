import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of photos: nginx where it should be as fast as can be, {@link SlowOrigin} where it should take its time. */
final class Origin implements AutoCloseable {

    private static final String COUNTER = "/requests";
    /** The line of nginx's stub_status: connections accepted, connections handled, requests. */
    private static final Pattern REQUESTS = Pattern.compile("\\d+ \\d+ (\\d+)");

    /**
     * One process without a master, which runs as whoever started it and so can read the photos; the settings of speed
     * are those that nginx is usually installed with. The temporary folders are never written to, but nginx creates
     * them at its start.
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

    /** An nginx with keep-alive that serves from the page cache. */
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

    /** An origin that takes the given time for every photo. */
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

    /** How many requests it has answered so far, this one included. */
    long requests() throws IOException {
        Matcher requests = REQUESTS.matcher(Http.get(server.url(COUNTER)).body());
        if (!requests.find()) {
            throw server.failure("does not count its requests");
        }
        return Long.parseLong(requests.group(1));
    }

    @Override
    public void close() {
        server.close();
    }
}
