package io.imageprocessor.image.format;

import java.io.IOException;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.ImageReaderSpi;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads through a reader of ImageIO's, its own or a plug-in's: one that is written in Java, tells the size
 * without reading on, and takes no more memory than the head has bytes. Making a reader costs more than reading with
 * it, so they are kept for reuse.
 */
final class ImageIoReader implements ImageHeader.Reader {

    private final ImageReaderSpi provider;
    private final ImageHeader.Ending ending;
    private final boolean asksProvider;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();

    private ImageIoReader(ImageReaderSpi provider, ImageHeader.Ending ending, boolean asksProvider) {
        this.provider = provider;
        this.ending = ending;
        this.asksProvider = asksProvider;
    }

    /** For a format that its signature tells from all others. */
    static ImageIoReader of(ImageReaderSpi provider, ImageHeader.Ending ending) {
        return new ImageIoReader(provider, ending, false);
    }

    /** For a format that has next to no signature: the provider has to agree that it is this one. */
    static ImageIoReader asking(ImageReaderSpi provider) {
        return new ImageIoReader(provider, ImageHeader.Ending.UNKNOWN, true);
    }

    private record Idle(ImageReader reader, HeaderInputStream stream) {}

    /** The provider that the Java runtime itself has for {@code formatName}. */
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

    /** The size of the file's largest image. Whatever the reader throws becomes a failure of the image. */
    @Override
    public ImageHeader read(BoundedReader file) throws IOException {
        @Nullable Idle pooled = idle.pollFirst();
        Idle taken = pooled == null ? new Idle(provider.createReaderInstance(), new HeaderInputStream()) : pooled;
        HeaderInputStream stream = taken.stream();
        try {
            ImageHeader head = read(taken.reader(), stream, file);
            // Nothing of the image may stay reachable from the idle.
            taken.reader().setInput(null);
            idle.addFirst(taken);
            return head;
        } catch (IOException | RuntimeException e) {
            // Not kept: a failure may have left the reader in a state of its own.
            taken.reader().dispose();
            throw reasonOf(e, stream);
        } finally {
            stream.forget();
        }
    }

    private ImageHeader read(ImageReader reader, HeaderInputStream stream, BoundedReader file) throws IOException {
        // Before the file is shown, since a reader may first step back from where it left the last one.
        reader.setInput(stream, true, true);
        stream.show(file);
        if (asksProvider && !provider.canDecodeInput(stream)) {
            throw UnreadableImageException.notAnImage();
        }
        ImageHeader largest = ImageHeader.of(0, 0);
        int images = reader.getNumImages(false);
        for (int i = 0; i < images; i++) {
            ImageHeader head = new ImageHeader(reader.getWidth(i), reader.getHeight(i), ending);
            if (i == 0 || head.width() * head.height() > largest.width() * largest.height()) {
                largest = head;
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

    /** ImageIO has one exception for every damage. */
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
