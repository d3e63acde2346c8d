package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Attempt;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.client5.http.impl.IdleConnectionEvictor;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.BufferedHeader;
import org.apache.hc.core5.http.message.LazyLineParser;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Connections to origins, kept alive and shared by all downloads: a URL in, the head of its answer and a body to read out.
 *
 * <p>Uses HttpClient's pool, connections and protocol, but not its client: that wraps every request in layers for cookies,
 * authentication, retries and content coding, none of which is wanted here, and each of which costs. Thread-safe.
 */
final class HttpConnections implements AutoCloseable {

    /** Heads of answers are small and most photos' heads are too; with 16 KB a small photo comes in one read. */
    private static final int BUFFER_SIZE = 16 * 1024;

    private static final int MAX_HEADER_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 200;
    private static final TimeValue IDLE_CONNECTION_KEPT = TimeValue.ofSeconds(30);
    private static final TimeValue IDLE_CONNECTION_TRUSTED = TimeValue.ofSeconds(1);

    private final PoolingHttpClientConnectionManager pool;
    private final IdleConnectionEvictor evictor;
    private final HttpRequestExecutor protocol = new HttpRequestExecutor();
    private final Timeout leaseTimeout;
    private final Header[] fixedHeaders;
    private final NetworkFailures failures;
    private final long maxBytes;

    HttpConnections(DownloadSettings settings, DnsResolver dnsResolver, NetworkFailures failures) {
        this.failures = failures;
        maxBytes = settings.maxBytes().toBytes();
        leaseTimeout = Timeout.of(settings.totalTimeout());
        Http1Config http = Http1Config.custom()
                .setBufferSize(BUFFER_SIZE)
                .setMaxLineLength(MAX_HEADER_LINE)
                .setMaxHeaderCount(MAX_HEADERS)
                .build();
        pool = new DirectConnections()
                .setDnsResolver(dnsResolver)
                // Strict, so that idle connections to yesterday's hosts count too and are the first to go.
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                .setMaxConnTotal(settings.concurrency())
                .setMaxConnPerRoute(settings.concurrency())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(http)
                        // Takes only those headers apart that are looked at, and skips no garbage before them.
                        .responseParserFactory(
                                new DefaultHttpResponseParserFactory(http, LazyLineParser.INSTANCE, null))
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        // None per read: see Deadlines.
                        .setSoTimeout(Timeout.ZERO_MILLISECONDS)
                        .setTcpNoDelay(true)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                        .setValidateAfterInactivity(IDLE_CONNECTION_TRUSTED)
                        .build())
                .build();
        fixedHeaders = new Header[] {
            formatted(HttpHeaders.USER_AGENT, "image-processor/" + version()),
            formatted(HttpHeaders.ACCEPT, "image/*,*/*;q=0.5"),
            // A photo is compressed already; undoing another layer would cost more than the layer saves.
            formatted(HttpHeaders.ACCEPT_ENCODING, "identity")
        };
        evictor = new IdleConnectionEvictor(pool, TimeValue.ofSeconds(5), IDLE_CONNECTION_KEPT);
        evictor.start();
    }

    /** A header that is written as it stands, being the same for every request. */
    private static Header formatted(String name, String value) {
        CharArrayBuffer line = new CharArrayBuffer(64);
        line.append(name + ": " + value);
        return BufferedHeader.create(line);
    }

    private static String version() {
        String version = HttpConnections.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Asks for {@code url} and waits for the head of the answer. The exchange has to be closed. */
    HttpExchange get(ImageUrl url, Attempt attempt) throws ImageFailedException {
        HttpRoute route = new HttpRoute(new HttpHost(url.secure() ? "https" : "http", url.host(), url.port()));
        HttpClientContext context = HttpClientContext.create();
        attempt.stopListening();
        ConnectionEndpoint endpoint = connect(route, context, attempt);
        attempt.listen();
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", url.target());
        request.addHeader(new BasicHeader(HttpHeaders.HOST, url.authority()));
        for (Header header : fixedHeaders) {
            request.addHeader(header);
        }
        try {
            ClassicHttpResponse response = endpoint.execute("", request, protocol::execute, context);
            boolean reusable = DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
            attempt.heard();
            HttpBody body = new HttpBody(response.getEntity(), maxBytes, attempt, failures);
            return new HttpExchange(this, endpoint, response, body, reusable);
        } catch (IOException | HttpException | RuntimeException e) {
            discard(endpoint);
            throw new ImageFailedException(failures.whileAwaitingAnswer(e));
        } catch (Error e) {
            // Out of memory, say: the connection must not stay leased.
            discard(endpoint);
            throw e;
        }
    }

    private ConnectionEndpoint connect(HttpRoute route, HttpClientContext context, Attempt attempt)
            throws ImageFailedException {
        ConnectionEndpoint endpoint = lease(route);
        attempt.turnToHost();
        try {
            if (!endpoint.isConnected()) {
                pool.connect(endpoint, null, context);
            }
            return endpoint;
        } catch (IOException | RuntimeException e) {
            discard(endpoint);
            throw new ImageFailedException(failures.whileConnecting(e));
        } catch (Error e) {
            discard(endpoint);
            throw e;
        }
    }

    private ConnectionEndpoint lease(HttpRoute route) throws ImageFailedException {
        try {
            LeaseRequest lease = pool.lease("", route, leaseTimeout, null);
            try {
                return lease.get(leaseTimeout);
            } catch (InterruptedException e) {
                giveUp(lease);
                Thread.currentThread().interrupt();
                throw new ImageFailedException(new ConnectFailure("the download was interrupted"));
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw new ImageFailedException(failures.whileConnecting(e));
        }
    }

    /** Without this, a connection that comes free for a caller who has gone would stay leased for good. */
    private void giveUp(LeaseRequest lease) {
        if (lease.cancel()) {
            return;
        }
        try {
            discard(lease.get(Timeout.ZERO_MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // None has come.
        }
    }

    void keep(ConnectionEndpoint endpoint) {
        pool.release(endpoint, null, TimeValue.NEG_ONE_MILLISECOND);
    }

    void discard(ConnectionEndpoint endpoint) {
        // At once, since a polite TLS goodbye could block on an origin that no longer reads.
        endpoint.close(CloseMode.IMMEDIATE);
        pool.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
    }

    @Override
    public void close() {
        evictor.shutdown();
        pool.close(CloseMode.IMMEDIATE);
    }
}
