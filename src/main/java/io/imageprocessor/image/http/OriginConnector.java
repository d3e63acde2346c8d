package io.imageprocessor.image.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Connects to an origin: resolves its name, tries its addresses one after another, and secures the connection if the
 * scheme is https.
 *
 * <p>Resolver, TLS and certificate check get one and the same name, that of the URL. HttpClient's own class takes it
 * from {@link HttpHost}, where it may be another notation. Thread-safe.
 */
final class OriginConnector implements HttpClientConnectionOperator {

    private final Supplier<Socket> sockets;
    private final DnsResolver addresses;
    private final TlsHandshake tls;

    /** @param addresses resolves names only to addresses that may be connected to */
    OriginConnector(Supplier<Socket> sockets, DnsResolver addresses, TlsHandshake tls) {
        this.sockets = sockets;
        this.addresses = addresses;
        this.tls = tls;
    }

    /**
     * A name, and how to connect to it.
     *
     * @param timeoutMillis limit for the connection, and again for the handshake; 0 means none
     */
    private record Target(String name, int port, boolean secure, int timeoutMillis, SocketConfig config) {}

    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            @Nullable NamedEndpoint name,
            @Nullable Path noUnixSocket,
            @Nullable InetSocketAddress noLocalAddress,
            @Nullable Timeout timeout,
            SocketConfig config,
            @Nullable Object noAttachment,
            HttpContext context)
            throws IOException {
        Target target = new Target(
                name == null ? host.getHostName() : name.getHostName(),
                host.getPort(),
                URIScheme.HTTPS.same(host.getSchemeName()),
                timeout == null ? 0 : timeout.toMillisecondsIntBound(),
                config);
        InetAddress[] resolved = addresses.resolve(target.name);
        for (int i = 0; i < resolved.length; i++) {
            try {
                connect(connection, new InetSocketAddress(resolved[i], target.port), target);
                return;
            } catch (IOException e) {
                if (i == resolved.length - 1) {
                    throw e;
                }
            }
        }
    }

    private void connect(ManagedHttpClientConnection connection, InetSocketAddress address, Target target)
            throws IOException {
        try {
            open(connection, address, target, true);
        } catch (SSLHandshakeException e) {
            if (!TlsHandshake.isUnrecognizedName(e)) {
                throw e;
            }
            // Browsers ignore this warning, but the JDK ends the connection.
            open(connection, address, target, false);
        }
    }

    private void open(
            ManagedHttpClientConnection connection, InetSocketAddress address, Target target, boolean withServerName)
            throws IOException {
        Socket socket = sockets.get();
        try {
            // Bound before the connect too, so that closing the connection ends it.
            connection.bind(socket);
            configure(socket, target.config);
            socket.connect(address, target.timeoutMillis);
            connection.bind(socket);
            if (target.secure) {
                socket.setSoTimeout(target.timeoutMillis);
                SSLSocket secured = tls.secure(socket, target.name, target.port, withServerName);
                socket.setSoTimeout(target.config.getSoTimeout().toMillisecondsIntBound());
                connection.bind(secured, socket);
            }
        } catch (IOException | RuntimeException e) {
            Closer.closeQuietly(socket);
            throw e;
        }
    }

    private static void configure(Socket socket, SocketConfig config) throws IOException {
        socket.setSoTimeout(config.getSoTimeout().toMillisecondsIntBound());
        if (config.getRcvBufSize() > 0) {
            socket.setReceiveBufferSize(config.getRcvBufSize());
        }
        socket.setTcpNoDelay(config.isTcpNoDelay());
    }

    /** Not supported: the pool calls the method with the name of the origin. */
    @Override
    public void connect(
            ManagedHttpClientConnection connection,
            HttpHost host,
            @Nullable InetSocketAddress localAddress,
            @Nullable TimeValue timeout,
            SocketConfig config,
            HttpContext context) {
        throw new UnsupportedOperationException("the name of the origin is missing");
    }

    /** Not supported: only tunnels through a proxy are secured after the connect. */
    @Override
    public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context) {
        throw new UnsupportedOperationException("no proxy is used");
    }
}
