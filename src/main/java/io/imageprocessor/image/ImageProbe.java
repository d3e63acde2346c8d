package io.imageprocessor.image;

import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.format.DimensionsReader;
import io.imageprocessor.image.format.UnreadableImageException;
import io.imageprocessor.image.http.CachingDnsResolver;
import io.imageprocessor.image.http.HostCircuitBreakers;
import io.imageprocessor.image.http.HttpBody;
import io.imageprocessor.image.http.HttpFetcher;
import io.imageprocessor.image.http.HttpTransport;
import io.imageprocessor.image.http.NetworkFailures;
import io.imageprocessor.image.http.RangeFetcher;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.SourceAddressPolicy;
import io.imageprocessor.image.http.TimeoutWatchdog;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.image.url.SourceUrlPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The door of this room: downloads a photo and tells its dimensions. Thread-safe, and made for hundreds of virtual
 * threads at once.
 */
@Component
public final class ImageProbe implements AutoCloseable {

    private final boolean wholeBody;
    private final CachingDnsResolver lookup;
    private final HttpTransport connections;
    private final HostCircuitBreakers circuits;
    private final HttpFetcher fetcher;
    private final TimeoutWatchdog deadlines;
    private final DimensionsReader dimensions = new DimensionsReader();
    private final ConcurrentLinkedDeque<byte[]> buffers = new ConcurrentLinkedDeque<>();
    private final AtomicInteger buffersMade = new AtomicInteger();
    private final LongAdder bytesReceived = new LongAdder();

    @Autowired
    public ImageProbe(DownloadSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    ImageProbe(DownloadSettings settings, CachingDnsResolver.Source addresses) {
        wholeBody = settings.mode() == Mode.FULL;
        NetworkFailures failures = new NetworkFailures(settings);
        lookup = new CachingDnsResolver(addresses, settings.concurrency(), System::nanoTime);
        SourceAddressPolicy addressPolicy = new SourceAddressPolicy(settings.privateNetworks(), lookup);
        connections = new HttpTransport(settings, addressPolicy, failures);
        SourceUrlPolicy urlPolicy = new SourceUrlPolicy(settings);
        circuits = new HostCircuitBreakers(settings.readTimeout(), System::nanoTime);
        RangeFetcher http = new RangeFetcher(connections, wholeBody ? Wanted.WHOLE : Wanted.BEGINNING);
        fetcher = new HttpFetcher(http, urlPolicy, circuits, failures, settings.maxRedirects());
        deadlines = new TimeoutWatchdog(settings.totalTimeout(), settings.readTimeout());
    }

    /**
     * Downloads the photo at {@code url} and measures it, in one attempt that ends within the total timeout. Whether
     * another one can help is for {@link ImageFailure#retryable()} to say and for the caller to do.
     *
     * @throws ImageFailedException for whatever the URL, the network, the origin or its bytes are to blame for; also,
     *     and with the thread's interrupt status kept, where the calling thread is interrupted
     */
    public MeasuredImage measure(String url) throws ImageFailedException {
        return Thread.currentThread().isVirtual() ? measureHere(url) : measureOnVirtualThread(url);
    }

    /**
     * The host that {@code url} leads to, such as {@code shop.example} or {@code shop.example:8080}; empty where there
     * is none. One host has one name here: in lower case, without a last dot, and with its port only where that is not
     * the scheme's own. A quick scan that never throws, for telling apart the hosts of very many URLs: a URL that has a
     * host may still be invalid, and another spelling of an IP address counts as another host.
     */
    public static Optional<String> hostOf(String url) {
        return ImageUrl.hostOf(url);
    }

    private MeasuredImage measureHere(String url) throws ImageFailedException {
        try (TimeoutWatchdog.Attempt attempt = deadlines.begin()) {
            return fetcher.fetch(ImageUrl.parse(url), attempt, this::measure);
        }
    }

    /** Only virtual threads leave a socket when interrupted, and {@link TimeoutWatchdog} depends on that. */
    private MeasuredImage measureOnVirtualThread(String url) throws ImageFailedException {
        FutureTask<MeasuredImage> measuring = new FutureTask<>(() -> measureHere(url));
        Thread.ofVirtual().start(measuring);
        try {
            return measuring.get();
        } catch (InterruptedException e) {
            measuring.cancel(true);
            Thread.currentThread().interrupt();
            throw new ImageFailedException(new ConnectFailure("the download was interrupted"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ImageFailedException failed) {
                throw failed;
            }
            throw new IllegalStateException("measuring failed unexpectedly", e.getCause());
        }
    }

    private MeasuredImage measure(HttpBody body) throws ImageFailedException {
        byte @Nullable [] pooled = buffers.pollFirst();
        byte[] buffer = pooled == null ? newBuffer() : pooled;
        try {
            ImageDimensions found = wholeBody ? dimensions.readWhole(body, buffer) : dimensions.readHead(body, buffer);
            return new MeasuredImage(found, body.bytes());
        } catch (ImageFailedException e) {
            throw e;
        } catch (UnreadableImageException e) {
            throw new ImageFailedException(failureOf(e, body));
        } catch (IOException e) {
            throw new IllegalStateException("a body fails in no other way", e);
        } finally {
            buffers.addFirst(buffer);
            bytesReceived.add(body.received());
        }
    }

    private byte[] newBuffer() {
        buffersMade.incrementAndGet();
        return new byte[DimensionsReader.BUFFER_SIZE];
    }

    private static ImageFailure failureOf(UnreadableImageException e, HttpBody body) {
        return switch (e.reason()) {
            case NOT_AN_IMAGE -> new NotAnImage(e.clause());
            case UNSUPPORTED_FORMAT -> new UnsupportedFormat(e.clause());
            case INVALID_DIMENSIONS -> new InvalidDimensions();
            // Where nobody said how long the body would be, it may have broken off on its way.
            case TRUNCATED -> new Truncated(e.clause(), body.promised() < 0);
        };
    }

    /** How many hosts are left alone, since they do not answer. */
    int openCircuits() {
        return circuits.open();
    }

    /** Bytes of photos that came over the network so far. */
    long bytesReceived() {
        return bytesReceived.sum();
    }

    /** Bytes of memory that bodies under way take: photos are not kept but streamed, each through one buffer. */
    long bytesInFlight() {
        // The two are not read together; a buffer may be made and given back in between.
        return Math.max(0L, buffersMade.get() - buffers.size()) * DimensionsReader.BUFFER_SIZE;
    }

    /** Whether no download is under way, nor has one left anything under way. For tests. */
    boolean isIdle() {
        return deadlines.isIdle() && connections.isIdle();
    }

    /** Ends all downloads under way and every connection. */
    @Override
    public void close() {
        connections.close();
        lookup.close();
        deadlines.close();
    }
}
