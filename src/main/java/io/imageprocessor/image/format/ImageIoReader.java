package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/**
 * Reads headers with an ImageIO reader of the JDK or of a plug-in.
 *
 * <p>The ImageIO reader must be written in Java, find the dimensions in the header, and use no more memory than the
 * header has bytes. Readers are pooled, because to create one costs more than to read with it. Thread-safe.
 */
final class ImageIoReader implements ImageHeader.Reader {

    private final ImageReaderSpi provider;
    private final ImageHeader.Ending ending;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();

    /**
     * Creates a reader of one format.
     *
     * @param ending finds the end of an image of this format
     */
    ImageIoReader(ImageReaderSpi provider, ImageHeader.Ending ending) {
        this.provider = provider;
        this.ending = ending;
    }

    private record Idle(ImageReader reader, HeaderInputStream stream) {}

    /** Returns the provider of the Java runtime, and not of a plug-in, for {@code formatName}. */
    static ImageReaderSpi ofJavaRuntime(String formatName) {
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(formatName); readers.hasNext(); ) {
            ImageReader reader = readers.next();
            reader.dispose();
            if (reader.getClass().getModule().isNamed()) {
                return reader.getOriginatingProvider();
            }
        }
        throw new IllegalStateException("this Java runtime has no ImageIO reader for " + formatName);
    }

    /**
     * Reads the dimensions of the largest image in the file. Every exception of the ImageIO reader becomes a failure of
     * the image.
     */
    @Override
    public ImageHeader read(BoundedReader file) throws IOException {
        @Nullable Idle pooled = idle.pollFirst();
        Idle taken = pooled == null ? new Idle(provider.createReaderInstance(), new HeaderInputStream()) : pooled;
        HeaderInputStream stream = taken.stream();
        try {
            ImageHeader header = read(taken.reader(), stream, file);
            // The idle reader must not keep the image reachable.
            taken.reader().setInput(null);
            idle.addFirst(taken);
            return header;
        } catch (IOException | RuntimeException e) {
            // Not pooled: after a failure, the state of the reader is undefined.
            taken.reader().dispose();
            throw reasonOf(e, stream);
        } finally {
            stream.release();
        }
    }

    private ImageHeader read(ImageReader reader, HeaderInputStream stream, BoundedReader file) throws IOException {
        // Before the stream opens the file, because a reader may first seek back in the last one.
        reader.setInput(stream, true, true);
        stream.open(file);
        ImageHeader largest = ImageHeader.of(0, 0);
        int images = reader.getNumImages(false);
        for (int i = 0; i < images; i++) {
            ImageHeader header = new ImageHeader(reader.getWidth(i), reader.getHeight(i), ending);
            if (i == 0 || header.width() * header.height() > largest.width() * largest.height()) {
                largest = header;
            }
        }
        return largest;
    }

    private static IOException reasonOf(Exception e, HeaderInputStream stream) {
        @Nullable IOException failure = stream.failure();
        if (failure != null) {
            return failure;
        }
        if (stream.pastEnd()) {
            return UnreadableImageException.truncated();
        }
        if (e instanceof UnreadableImageException unreadable) {
            return unreadable;
        }
        return concernsSize(e) ? UnreadableImageException.invalidDimensions() : UnreadableImageException.damaged();
    }

    /** Checks the message, because ImageIO has one exception type for every kind of damage. */
    private static boolean concernsSize(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("width") || message.contains("height")) {
                return true;
            }
        }
        return false;
    }
}
