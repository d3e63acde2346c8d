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
 * Builds HttpClient's pool with sockets that connect to where they are told to. HttpClient asks for no HTTP proxy by
 * itself, but a plain {@code new Socket()} would go through a SOCKS proxy that the JVM's system properties or the
 * desktop name, and the address that was checked would be the proxy's to connect to.
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
