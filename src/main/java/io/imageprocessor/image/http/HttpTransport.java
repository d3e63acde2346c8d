package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.StrictResponseParser.UnsolicitedBytesException;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.url.ImageUrl;
import java.io.IOException;
import java.util.concurrent.CancellationException;
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
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Connections to origins, kept alive and shared by all downloads: a URL in, the head of its answer and a body to read
 * out.
 *
 * <p>Uses HttpClient's pool, connections and protocol, but not its client: that wraps every request in layers for
 * cookies, authentication, retries and content coding, none of which is wanted here, and each of which costs.
 * Thread-safe.
 */
public final class HttpTransport implements AutoCloseable {

    /** Heads of answers are small and most photos' heads are too; with 16 KB a small photo comes in one read. */
    private static final int BUFFER_SIZE = 16 * 1024;

    private static final int MAX_HEADER_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 200;

    /** Behind a chunked body: nobody sends many, and they are kept in memory before anyone could look at them. */
    private static final int MAX_TRAILERS = 10;

    private static final TimeValue IDLE_CONNECTION_KEPT = TimeValue.ofSeconds(30);
    private static final TimeValue IDLE_CONNECTION_TRUSTED = TimeValue.ofSeconds(1);

    private final PoolingHttpClientConnectionManager pool;
    private final IdleConnectionEvictor evictor;
    private final HttpRequestExecutor protocol = new HttpRequestExecutor();
    private final Timeout leaseTimeout;
    private final RequestFactory requests;
    private final NetworkFailures failures;
    private final long maxBytes;

    public HttpTransport(DownloadSettings settings, DnsResolver dnsResolver, NetworkFailures failures) {
        this.failures = failures;
        maxBytes = settings.maxBytes().toBytes();
        leaseTimeout = Timeout.of(settings.totalTimeout());
        pool = pool(settings, dnsResolver);
        requests = new RequestFactory(settings.contact());
        evictor = new IdleConnectionEvictor(pool, TimeValue.ofSeconds(5), IDLE_CONNECTION_KEPT);
        evictor.start();
    }

    private static PoolingHttpClientConnectionManager pool(DownloadSettings settings, DnsResolver dnsResolver) {
        return new DirectConnections()
                .setDnsResolver(dnsResolver)
                // Strict, so that idle connections to yesterday's hosts count too and are the first to go.
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                // Else an idle connection's TLS goodbye, for which an origin may take a second, holds the pool's lock.
                .setOffLockDisposalEnabled(true)
                .setMaxConnTotal(settings.concurrency())
                .setMaxConnPerRoute(settings.concurrency())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(limits(MAX_TRAILERS))
                        .responseParserFactory(_ -> new StrictResponseParser(limits(MAX_HEADERS)))
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        // None per read: see TimeoutWatchdog.
                        .setSoTimeout(Timeout.ZERO_MILLISECONDS)
                        // Bounds what an origin that ignores ranges can push; 0 leaves it to the system.
                        .setRcvBufSize(settings.mode() == Mode.HEADER ? RequestFactory.BEGINNING : 0)
                        .setTcpNoDelay(true)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                        .setValidateAfterInactivity(IDLE_CONNECTION_TRUSTED)
                        .build())
                .build();
    }

    private static Http1Config limits(int maxHeaders) {
        return Http1Config.custom()
                .setBufferSize(BUFFER_SIZE)
                .setMaxLineLength(MAX_HEADER_LINE)
                .setMaxHeaderCount(maxHeaders)
                .build();
    }

    /** Asks for {@code url} and waits for the head of the answer. The exchange has to be closed. */
    HttpExchange get(ImageUrl url, Wanted wanted, Attempt attempt) throws ImageFailedException {
        HttpRoute route = new HttpRoute(new HttpHost(url.secure() ? "https" : "http", url.host(), url.port()));
        ClassicHttpRequest request = requests.get(url, wanted);
        attempt.stopListening();
        ConnectionEndpoint endpoint = lease(route);
        attempt.turnToHost();
        boolean kept = endpoint.isConnected();
        while (true) {
            HttpClientContext context = HttpClientContext.create();
            if (!kept) {
                connect(endpoint, context);
            }
            attempt.listen();
            try {
                ClassicHttpResponse response = endpoint.execute("", request, this::execute, context);
                boolean reusable = isReusable(request, response, context);
                attempt.heard();
                HttpBody.Limits limits = new HttpBody.Limits(maxBytes, attempt, failures);
                return new HttpExchange(this, endpoint, response, limits, reusable);
            } catch (IOException | HttpException e) {
                if (!kept || Thread.currentThread().isInterrupted()) {
                    discard(endpoint);
                    throw new ImageFailedException(failures.whileAwaitingAnswer(e));
                }
                // An origin may end a kept connection at any time, or have left in it what is no answer.
                // A new one takes its place at once: a hostile origin may have hundreds of them kept.
                endpoint.close(CloseMode.IMMEDIATE);
                kept = false;
                attempt.stopListening();
                attempt.turnToHost();
            } catch (RuntimeException e) {
                discard(endpoint);
                throw new ImageFailedException(failures.whileAwaitingAnswer(e));
            } catch (Error e) {
                // Out of memory, say: the connection must not stay leased.
                discard(endpoint);
                throw e;
            }
        }
    }

    private ClassicHttpResponse execute(
            ClassicHttpRequest request, HttpClientConnection connection, HttpContext context)
            throws IOException, HttpException {
        if (connection.getEndpointDetails().getResponseCount() > 0
                && connection instanceof ManagedHttpClientConnection kept
                && kept.getSocket().getInputStream().available() > 0) {
            throw new UnsolicitedBytesException();
        }
        return protocol.execute(request, connection, context);
    }

    /** Whether it will be clear where the answer ends; if both framings are stated, two readers may see two ends. */
    private static boolean isReusable(HttpRequest request, ClassicHttpResponse response, HttpContext context) {
        HttpEntity entity = response.getEntity();
        boolean ambiguous = entity != null && entity.isChunked() && response.containsHeader(HttpHeaders.CONTENT_LENGTH);
        return !ambiguous && DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
    }

    private void connect(ConnectionEndpoint endpoint, HttpClientContext context) throws ImageFailedException {
        try {
            pool.connect(endpoint, null, context);
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
                throw interrupted();
            } catch (CancellationException e) {
                // The pool lets no thread stand in line that was interrupted before.
                throw interrupted();
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            throw new ImageFailedException(failures.whileConnecting(e));
        }
    }

    private static ImageFailedException interrupted() {
        Thread.currentThread().interrupt();
        return new ImageFailedException(new ConnectFailure("the download was interrupted"));
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

    /** Whether no exchange has a connection. */
    public boolean isIdle() {
        return pool.getTotalStats().getLeased() == 0;
    }

    @Override
    public void close() {
        evictor.shutdown();
        pool.close(CloseMode.IMMEDIATE);
    }
}
