package io.imageprocessor.image;

import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.HttpRequests.Wanted;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The door of this room: downloads a photo and tells its dimensions. Thread-safe, and made for hundreds of virtual threads
 * at once.
 */
@Component
public final class ImageProbe implements AutoCloseable {

    /** Large enough that a large photo takes few reads, small enough that hundreds of them are no matter. */
    private static final int BUFFER_SIZE = 64 * 1024;

    private final boolean wholeBody;
    private final NetworkFailures failures;
    private final HostLookup lookup;
    private final HttpConnections connections;
    private final HttpFetcher fetcher;
    private final Deadlines deadlines;
    private final DimensionsReader dimensions = new DimensionsReader();
    private final ConcurrentLinkedDeque<byte[]> buffers = new ConcurrentLinkedDeque<>();

    @Autowired
    public ImageProbe(DownloadSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    ImageProbe(DownloadSettings settings, HostLookup.Source addresses) {
        wholeBody = settings.mode() == Mode.FULL;
        failures = new NetworkFailures(settings);
        lookup = new HostLookup(addresses);
        SourceAddressPolicy policy = new SourceAddressPolicy(settings.privateNetworks(), lookup);
        connections = new HttpConnections(settings, policy, failures);
        fetcher = new HttpFetcher(connections, wholeBody ? Wanted.WHOLE : Wanted.BEGINNING, settings.maxRedirects());
        deadlines = new Deadlines(settings.totalTimeout(), settings.readTimeout());
    }

    /**
     * Downloads the photo at {@code url} and measures it, in one attempt that ends within the total timeout. Whether another
     * one can help is for {@link ImageFailure#retryable()} to say and for the caller to do.
     *
     * @throws ImageFailedException for whatever the URL, the network, the origin or its bytes are to blame for; also, and
     *     with the thread's interrupt status kept, where the calling thread is interrupted
     */
    public MeasuredImage measure(String url) throws ImageFailedException {
        return Thread.currentThread().isVirtual() ? measureHere(url) : measureOnVirtualThread(url);
    }

    /**
     * The host that {@code url} leads to, in lower case and with its port where it states one, such as
     * {@code shop.example:8080}; empty where there is none. A quick scan that never throws, for telling apart the hosts of
     * very many URLs: a URL that has a host may still be invalid.
     */
    public static Optional<String> hostOf(String url) {
        return ImageUrl.hostOf(url);
    }

    private MeasuredImage measureHere(String url) throws ImageFailedException {
        try (Deadlines.Attempt attempt = deadlines.begin()) {
            try {
                return fetcher.fetch(ImageUrl.parse(url), attempt, this::measure);
            } catch (ImageFailedException e) {
                if (e.failure() instanceof ImageFailure.HttpStatus) {
                    // The origin has said what matters, even if the rest of its answer never came.
                    throw e;
                }
                // Whatever the interrupt made of it, the reason is the time.
                throw switch (attempt.expiry()) {
                    case NONE -> e;
                    case OVERDUE -> new ImageFailedException(failures.overdue());
                    case SILENT -> new ImageFailedException(failures.silent());
                };
            }
        }
    }

    /** Only virtual threads leave a socket when interrupted, and {@link Deadlines} depends on that. */
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
        byte[] buffer = pooled == null ? new byte[BUFFER_SIZE] : pooled;
        try {
            ImageDimensions found = dimensions.read(body, buffer);
            while (wholeBody && body.read(buffer, 0, buffer.length) >= 0) {
                // Only to see the end: that it comes, and neither early nor late.
            }
            return new MeasuredImage(found, body.bytes());
        } finally {
            buffers.addFirst(buffer);
        }
    }

    /** Ends all downloads under way and every connection. */
    @Override
    public void close() {
        connections.close();
        lookup.close();
        deadlines.close();
    }
}
