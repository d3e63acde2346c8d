package io.imageprocessor.image;

import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/**
 * ImageIO's readers of one format, kept for reuse: making one costs more than reading a size with it. There are only ever
 * as many as processors, since no thread waits while it has one. Thread-safe.
 */
final class SizeReaders {

    private final ImageFormat format;
    private final ImageReaderSpi provider;
    private final ConcurrentLinkedDeque<SizeReader> idle = new ConcurrentLinkedDeque<>();

    SizeReaders(ImageFormat format) {
        this.format = format;
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.label());
        if (!readers.hasNext()) {
            throw new IllegalStateException("this Java runtime has no ImageIO reader for " + format);
        }
        ImageReader reader = readers.next();
        provider = reader.getOriginatingProvider();
        reader.dispose();
    }

    /** What came of looking for a size. */
    sealed interface Outcome {

        /** The first image's size, of which ImageIO may not have checked that it is greater than 0. */
        record Found(ImageDimensions dimensions) implements Outcome {}

        /** The size lies in a part of the body that has not arrived: at least this many bytes are needed. */
        record NeedsMore(long bytes) implements Outcome {}

        /** The file ends before its size. */
        record EndsEarly() implements Outcome {}

        /** The file is of another format after all. */
        record Other() implements Outcome {}

        /** ImageIO cannot make sense of the file. Its reason is not fit to be shown. */
        record Damaged(String reason) implements Outcome {}
    }

    private record SizeReader(ImageReader reader, HeadStream stream) {}

    /** Looks for the size in what {@code head} holds. Any exception of ImageIO's becomes an outcome. */
    Outcome read(BodyHead head) {
        @Nullable SizeReader pooled = idle.pollFirst();
        SizeReader taken = pooled == null ? create() : pooled;
        Outcome outcome = read(taken, head);
        // Nothing of the image may stay reachable from here.
        taken.stream().forget();
        if (outcome instanceof Outcome.Found) {
            idle.addFirst(taken);
        } else {
            // A failure may have left the reader in a state of its own.
            taken.reader().dispose();
        }
        return outcome;
    }

    private SizeReader create() {
        try {
            return new SizeReader(provider.createReaderInstance(), new HeadStream());
        } catch (IOException e) {
            throw new IllegalStateException("ImageIO's own reader for " + format + " cannot be made", e);
        }
    }

    private Outcome read(SizeReader taken, BodyHead head) {
        HeadStream stream = taken.stream();
        ImageReader reader = taken.reader();
        try {
            // Before the head is shown, because the JPEG reader first hands back what it had not used of the last one.
            reader.setInput(stream, true, true);
            stream.show(head);
            // Two zero bytes are all the magic that WBMP has; its provider compares the sizes too.
            if (format == ImageFormat.WBMP && !provider.canDecodeInput(stream)) {
                return stream.needed() > 0 ? new Outcome.NeedsMore(stream.needed()) : new Outcome.Other();
            }
            ImageDimensions dimensions = new ImageDimensions(reader.getWidth(0), reader.getHeight(0), format.label());
            return stream.needed() > 0 ? new Outcome.NeedsMore(stream.needed()) : new Outcome.Found(dimensions);
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // The two errors too: a damaged file can ask for an array of 8 GB, and the failed request does no harm.
            if (stream.needed() > 0) {
                return new Outcome.NeedsMore(stream.needed());
            }
            return stream.pastEnd()
                    ? new Outcome.EndsEarly()
                    : new Outcome.Damaged(Objects.requireNonNullElse(e.getMessage(), ""));
        }
    }
}
