package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.StrictResponseParser.UnsolicitedBytesException;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.logging.FatalErrors;
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
import org.apache.hc.core5.http.HttpException;
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
 * Sends requests over pooled connections that all downloads share, and returns each response with its body unread.
 *
 * <p>Uses the pool, connections and protocol of HttpClient, but not its client. The client adds layers for cookies,
 * authentication, retries and content coding to every request. None of them is needed here, and each costs CPU time.
 * Thread-safe.
 */
final class HttpTransport implements AutoCloseable {

    /** Bytes. Response headers and the headers of most photos are smaller, and a small photo arrives in one read. */
    private static final int BUFFER_SIZE = 16 * 1024;

    /** Limit in characters for the line before a chunk, and for a trailer. */
    private static final int MAX_BODY_LINE = 16 * 1024;

    private static final int MAX_HEADERS = 200;

    /** Trailers after a chunked body. Origins send few, and all are held in memory before they can be checked. */
    private static final int MAX_TRAILERS = 10;

    private static final TimeValue MAX_IDLE_TIME = TimeValue.ofSeconds(30);
    private static final TimeValue IDLE_TIME_WITHOUT_CHECK = TimeValue.ofSeconds(1);

    private final PoolingHttpClientConnectionManager pool;
    private final IdleConnectionEvictor evictor;
    private final HttpRequestExecutor protocol = new HttpRequestExecutor();
    private final Timeout leaseTimeout;
    private final RequestFactory requests;
    private final NetworkFailures failures;
    private final long maxBytes;

    /** Starts the thread that closes idle connections. */
    HttpTransport(DownloadSettings settings, DnsResolver dnsResolver, NetworkFailures failures) {
        this.failures = failures;
        maxBytes = settings.maxBytes().toBytes();
        leaseTimeout = Timeout.of(settings.totalTimeout());
        pool = pool(settings, dnsResolver);
        requests = new RequestFactory(settings.contact());
        evictor = new IdleConnectionEvictor(pool, TimeValue.ofSeconds(5), MAX_IDLE_TIME);
        evictor.start();
    }

    private static PoolingHttpClientConnectionManager pool(DownloadSettings settings, DnsResolver dnsResolver) {
        return new DirectConnections()
                .setDnsResolver(dnsResolver)
                // Strict, so that idle connections to other hosts count too and are closed first.
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.STRICT)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                // Otherwise closing an idle TLS connection, which may take a second, holds the lock of the pool.
                .setOffLockDisposalEnabled(true)
                .setMaxConnTotal(settings.concurrency())
                .setMaxConnPerRoute(settings.concurrency())
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(limits(MAX_TRAILERS, MAX_BODY_LINE))
                        // HttpCore rejects a header that reaches the limit.
                        .responseParserFactory(
                                _ -> new StrictResponseParser(limits(MAX_HEADERS + 1, HeaderLines.MAX_HEADER)))
                        .incomingContentLengthStrategy(BodyFraming.INSTANCE)
                        .build())
                .setDefaultSocketConfig(SocketConfig.custom()
                        // No timeout per read: TimeoutWatchdog does this.
                        .setSoTimeout(Timeout.ZERO_MILLISECONDS)
                        // Bounds the bytes in transit from an origin that ignores ranges; 0 selects the system's
                        // default.
                        .setRcvBufSize(settings.mode() == Mode.HEADER ? RequestFactory.BEGINNING : 0)
                        .setTcpNoDelay(true)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                        .setValidateAfterInactivity(IDLE_TIME_WITHOUT_CHECK)
                        .build())
                .build();
    }

    private static Http1Config limits(int maxHeaders, int maxLine) {
        return Http1Config.custom()
                .setBufferSize(BUFFER_SIZE)
                .setMaxLineLength(maxLine)
                .setMaxHeaderCount(maxHeaders)
                .build();
    }

    /** Requests {@code url} and blocks until the response header has arrived. The caller must close the exchange. */
    HttpExchange get(ImageUrl url, Wanted wanted, Attempt attempt) throws ImageFailedException {
        HttpRoute route = DirectConnections.routeTo(url);
        ClassicHttpRequest request = requests.get(url, wanted);
        attempt.stopReadTimeout();
        ConnectionEndpoint endpoint = lease(route);
        attempt.connectionLeased();
        boolean reused = endpoint.isConnected();
        while (true) {
            HttpClientContext context = HttpClientContext.create();
            if (!reused) {
                connect(endpoint, context);
            }
            attempt.startReadTimeout();
            try {
                ClassicHttpResponse response = endpoint.execute("", request, this::execute, context);
                boolean reusable = isReusable(request, response, context);
                attempt.recordActivity();
                HttpBody.Limits limits = new HttpBody.Limits(maxBytes, attempt, failures);
                return new HttpExchange(this, endpoint, response, limits, reusable);
            } catch (IOException | HttpException e) {
                if (!reused || Thread.currentThread().isInterrupted()) {
                    discard(endpoint);
                    throw new ImageFailedException(failures.whileAwaitingResponse(e));
                }
                // An origin may close an idle connection at any time, or send bytes on it without a request.
                // The next try uses a new connection: a hostile origin may hold hundreds of bad idle ones.
                endpoint.close(CloseMode.IMMEDIATE);
                reused = false;
                attempt.stopReadTimeout();
                attempt.connectionLeased();
            } catch (RuntimeException e) {
                discard(endpoint);
                throw new ImageFailedException(failures.whileAwaitingResponse(e));
            } catch (Error e) {
                FatalErrors.haltIfFatal(e);
                // The connection must not stay leased.
                discard(endpoint);
                throw e;
            }
        }
    }

    private ClassicHttpResponse execute(
            ClassicHttpRequest request, HttpClientConnection connection, HttpContext context)
            throws IOException, HttpException {
        if (connection.getEndpointDetails().getResponseCount() > 0
                && connection instanceof ManagedHttpClientConnection reused
                && reused.getSocket().getInputStream().available() > 0) {
            throw new UnsolicitedBytesException();
        }
        return protocol.execute(request, connection, context);
    }

    private static boolean isReusable(HttpRequest request, ClassicHttpResponse response, HttpContext context) {
        return BodyFraming.isUnambiguous(response)
                && DefaultClientConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
    }

    private void connect(ConnectionEndpoint endpoint, HttpClientContext context) throws ImageFailedException {
        try {
            pool.connect(endpoint, null, context);
        } catch (IOException | RuntimeException e) {
            discard(endpoint);
            throw new ImageFailedException(failures.whileConnecting(e));
        } catch (Error e) {
            FatalErrors.haltIfFatal(e);
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
                cancel(lease);
                throw interrupted();
            } catch (CancellationException e) {
                // The pool does not queue a thread that is already interrupted.
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

    /** Without this, a connection that becomes free after the caller has gone would stay leased forever. */
    private void cancel(LeaseRequest lease) {
        if (lease.cancel()) {
            return;
        }
        try {
            discard(lease.get(Timeout.ZERO_MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // No connection was leased.
        }
    }

    /** Returns the connection to the pool for reuse. */
    void release(ConnectionEndpoint endpoint) {
        pool.release(endpoint, null, TimeValue.NEG_ONE_MILLISECOND);
    }

    /** Closes the connection and returns its lease to the pool. */
    void discard(ConnectionEndpoint endpoint) {
        // Immediately, because an orderly TLS close could block on an origin that no longer reads.
        endpoint.close(CloseMode.IMMEDIATE);
        pool.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
    }

    /** Returns whether no connection is leased. */
    boolean isIdle() {
        return pool.getTotalStats().getLeased() == 0;
    }

    @Override
    public void close() {
        evictor.shutdown();
        pool.close(CloseMode.IMMEDIATE);
    }
}
