package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ok;
import static io.imageprocessor.image.Photos.jpeg;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A TLS server in a process of its own, because only there the JDK's server can be made to ignore the server name: it
 * rejects names that other servers accept.
 */
final class TlsServer implements AutoCloseable {

    private final Process process;
    private final List<Integer> ports = new ArrayList<>();

    /**
     * Starts a server for each of {@code aliases}.
     *
     * @param store the keys and certificates
     * @param options further options of the JVM
     */
    TlsServer(Path store, List<String> aliases, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djdk.tls.server.disableExtensions=server_name"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), TlsServer.class.getName(), store.toString()));
        command.addAll(aliases);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        for (String alias : aliases) {
            String port = out.readLine();
            if (port == null) {
                throw new IOException("no port for " + alias);
            }
            ports.add(Integer.valueOf(port));
        }
    }

    /** Returns the port of the server with the certificate of the alias at {@code index}. */
    int port(int index) {
        return ports.get(index);
    }

    /** Serves a photo until the parent process closes the input. */
    public static void main(String[] arguments) throws Exception {
        for (String alias : List.of(arguments).subList(1, arguments.length)) {
            Origin origin = Origin.secure(Certificates.contextOf(Path.of(arguments[0]), alias), connection -> {
                while (connection.readRequest()) {
                    connection.send(ok(jpeg(60, 40)));
                }
            });
            System.out.println(origin.port());
        }
        System.out.flush();
        System.in.readAllBytes();
        System.exit(0);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.destroy();
    }
}
