package io.imageprocessor.image.http;

import io.imageprocessor.image.url.UrlHost;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.StandardConstants;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.http.ssl.TlsCiphers;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/**
 * Secures sockets with TLS, and checks that the certificate is trusted and for the host.
 *
 * <p>The JDK checks the names that it considers valid. It rejects others that browsers accept, such as
 * {@code my_bucket.shop.example}: it sends no server name (SNI) for them, and no certificate matches them. For these,
 * this class sends the name itself, and {@link CertificateNames} checks the certificate. Thread-safe.
 */
final class TlsHandshake implements TlsSocketStrategy {

    private final SSLSocketFactory sockets;

    /** Has sessions of its own, because the JDK resumes a session with the server name that began it. */
    private final SSLSocketFactory namelessSockets;

    /** Reads the trusted certificates of the JVM. */
    TlsHandshake() {
        sockets = SSLContexts.createDefault().getSocketFactory();
        namelessSockets = SSLContexts.createDefault().getSocketFactory();
    }

    /**
     * Returns {@code socket}, secured. After a failure, the caller must close it; an orderly close of TLS could block
     * on an origin that does not reply.
     *
     * @param host the name or address in the URL
     * @param withServerName whether the server gets the name; the certificate is checked in any case
     * @throws IOException if no secure connection could be agreed on, or the certificate is not valid for the host
     */
    SSLSocket secure(Socket socket, String host, int port, boolean withServerName) throws IOException {
        // Neither certificates nor server names have the dot.
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        boolean checkedByJdk = UrlHost.isAddress(name) || isServerName(name);
        SSLSocket secured =
                (SSLSocket) (withServerName ? sockets : namelessSockets).createSocket(socket, name, port, false);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setProtocols(TLS.excludeWeak(parameters.getProtocols()));
        parameters.setCipherSuites(TlsCiphers.excludeWeak(parameters.getCipherSuites()));
        if (checkedByJdk) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        } else {
            parameters.setServerNames(List.of(new AnyServerName(name)));
        }
        if (!withServerName) {
            parameters.setServerNames(List.of());
        }
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        if (!checkedByJdk) {
            CertificateNames.check(name, secured.getSession());
        }
        return secured;
    }

    @Override
    public SSLSocket upgrade(Socket socket, String host, int port, Object attachment, HttpContext context)
            throws IOException {
        return secure(socket, host, port, true);
    }

    /**
     * Returns whether the server ended the handshake with the warning {@code unrecognized_name}. By RFC 6066 (section
     * 3), a server should not send it, because clients disagree on what to do then.
     */
    static boolean isUnrecognizedName(SSLHandshakeException e) {
        // The JDK has no exception type for it. The text of a fatal alert contains "fatal alert" instead.
        @Nullable String message = e.getMessage();
        return message != null && message.endsWith("handshake warning: unrecognized_name");
    }

    private static boolean isServerName(String name) {
        try {
            new SNIHostName(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A server name that {@link SNIHostName} rejects. */
    private static final class AnyServerName extends SNIServerName {
        private AnyServerName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
