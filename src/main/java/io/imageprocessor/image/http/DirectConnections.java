package io.imageprocessor.image.http;

import io.imageprocessor.image.url.ImageUrl;
import java.net.Proxy;
import java.net.Socket;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.NamedEndpoint;

/**
 * Builds the connection pool of HttpClient with sockets that never use a proxy.
 *
 * <p>HttpClient uses no HTTP proxy by default, but a plain {@code new Socket()} uses a SOCKS proxy that system
 * properties or the desktop configure. Then the proxy would connect, and the check of the address would not protect
 * anything.
 */
final class DirectConnections extends PoolingHttpClientConnectionManagerBuilder {

    private final Supplier<Socket> sockets;
    private final TlsHandshake tls = new TlsHandshake();

    DirectConnections() {
        this(() -> new Socket(Proxy.NO_PROXY));
    }

    DirectConnections(Supplier<Socket> sockets) {
        this.sockets = sockets;
        // Otherwise the builder creates one of its own, and reads the trusted certificates again.
        setTlsSocketStrategy(tls);
    }

    /** Returns the key of the pool for connections to the host of {@code url}. */
    static HttpRoute routeTo(ImageUrl url) {
        HttpHost host = new HttpHost(url.secure() ? "https" : "http", url.host(), url.port());
        return new HttpRoute(host, new OriginName(url.host(), url.port()), null, url.secure());
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
            SchemePortResolver ports, DnsResolver addresses, TlsSocketStrategy ignored) {
        return new OriginConnector(sockets, addresses, tls);
    }

    /**
     * The name of an origin as its URL has it. {@link HttpHost} is not enough: it converts a name that begins with
     * {@code xn--} to Unicode, and no resolver knows that one.
     */
    private record OriginName(String host, int port) implements NamedEndpoint {

        @Override
        public String getHostName() {
            return host;
        }

        @Override
        public int getPort() {
            return port;
        }
    }
}
