package io.imageprocessor.image;

import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.format.DimensionsReader;
import io.imageprocessor.image.format.UnreadableImageException;
import io.imageprocessor.image.http.AddressSource;
import io.imageprocessor.image.http.Downloader;
import io.imageprocessor.image.http.HttpBody;
import io.imageprocessor.image.url.ImageUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Downloads an image and measures it. Thread-safe, and designed for hundreds of virtual threads at once. */
@Component
public final class ImageProbe implements AutoCloseable {

    private final boolean wholeBody;
    private final Downloader downloader;
    private final DimensionsReader dimensions = new DimensionsReader();
    private final ConcurrentLinkedDeque<byte[]> buffers = new ConcurrentLinkedDeque<>();
    private final AtomicInteger createdBuffers = new AtomicInteger();
    private final LongAdder bytesReceived = new LongAdder();

    /** Creates a probe that resolves names with the resolver of the system. */
    @Autowired
    public ImageProbe(DownloadSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    /** Creates a probe that resolves names with {@code addresses}. */
    ImageProbe(DownloadSettings settings, AddressSource addresses) {
        wholeBody = settings.mode() == Mode.FULL;
        downloader = new Downloader(settings, addresses);
    }

    /**
     * Downloads the image at {@code url} and measures it, in one attempt that ends within the total timeout.
     *
     * <p>Must run on a virtual thread, because only there an interrupt ends a blocking socket read. The caller decides
     * about retries; {@link ImageFailure#retryable()} states whether one can help.
     *
     * @throws ImageFailedException for every failure of the URL, the network, the origin or the file; also if the
     *     calling thread is interrupted, and then its interrupt status stays set
     * @throws IllegalStateException on a platform thread
     */
    public MeasuredImage measure(String url) throws ImageFailedException {
        return downloader.fetch(url, this::measure);
    }

    /**
     * Returns the host of {@code url}, such as {@code shop.example} or {@code shop.example:8080}, or empty if it has
     * none.
     *
     * <p>The host is in lower case, without a trailing dot, and with its port only if that is not the default of the
     * scheme. This is a fast scan that never throws, to group very many URLs by host. A URL with a host may still be
     * invalid, and different notations of an IP address or international name count as different hosts.
     */
    public static Optional<String> hostOf(String url) {
        return ImageUrl.hostOf(url);
    }

    private MeasuredImage measure(HttpBody body) throws ImageFailedException {
        byte @Nullable [] pooled = buffers.pollFirst();
        byte[] buffer = pooled == null ? newBuffer() : pooled;
        try {
            ImageDimensions found =
                    wholeBody ? dimensions.readWhole(body, buffer) : dimensions.readHeader(body, buffer);
            return new MeasuredImage(found, body.bytes());
        } catch (ImageFailedException e) {
            throw e;
        } catch (UnreadableImageException e) {
            throw new ImageFailedException(failureOf(e, body));
        } catch (IOException e) {
            throw new IllegalStateException("unexpected failure of a body", e);
        } finally {
            buffers.addFirst(buffer);
            bytesReceived.add(body.received());
        }
    }

    private byte[] newBuffer() {
        createdBuffers.incrementAndGet();
        return new byte[DimensionsReader.BUFFER_SIZE];
    }

    private static ImageFailure failureOf(UnreadableImageException e, HttpBody body) {
        return switch (e.reason()) {
            case NOT_AN_IMAGE -> new NotAnImage(e.clause());
            case UNSUPPORTED_FORMAT -> new UnsupportedFormat(e.clause());
            case INVALID_DIMENSIONS -> new InvalidDimensions();
            // Without a declared length, the body may have been truncated on its way.
            case TRUNCATED -> new Truncated(e.clause(), body.declaredLength() < 0);
        };
    }

    /** Returns the number of hosts whose circuit is open. */
    int openCircuits() {
        return downloader.openCircuits();
    }

    /** Returns the number of bytes of images received over the network so far. */
    long bytesReceived() {
        return bytesReceived.sum();
    }

    /** Returns the memory in bytes of the bodies in flight. Each body is streamed through one buffer. */
    long bytesInFlight() {
        // The two numbers are not read atomically, so the difference may be negative for a moment.
        return Math.max(0L, createdBuffers.get() - buffers.size()) * DimensionsReader.BUFFER_SIZE;
    }

    /** Returns whether no download is in flight and no connection is in use. */
    boolean isIdle() {
        return downloader.isIdle();
    }

    /** Ends all downloads in flight and closes every connection. */
    @Override
    public void close() {
        downloader.close();
    }
}
