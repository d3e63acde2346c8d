package io.imageprocessor.image.http;

import java.net.Proxy;
import java.net.Socket;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;

/**
 * Builds the connection pool of HttpClient with sockets that never use a proxy.
 *
 * <p>HttpClient uses no HTTP proxy by default, but a plain {@code new Socket()} uses a SOCKS proxy that system
 * properties or the desktop configure. Then the proxy would connect, and the check of the address would not protect
 * anything.
 */
final class DirectConnections extends PoolingHttpClientConnectionManagerBuilder {

    private final Supplier<Socket> sockets;

    DirectConnections() {
        this(() -> new Socket(Proxy.NO_PROXY));
    }

    DirectConnections(Supplier<Socket> sockets) {
        this.sockets = sockets;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
            SchemePortResolver ports, DnsResolver addresses, TlsSocketStrategy tls) {
        return new DefaultHttpClientConnectionOperator(
                noProxy -> sockets.get(),
                ports,
                addresses,
                RegistryBuilder.<TlsSocketStrategy>create()
                        .register(URIScheme.HTTPS.id, tls)
                        .build());
    }
}
