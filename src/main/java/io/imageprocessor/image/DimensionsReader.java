package io.imageprocessor.image;

import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.image.SizeReaders.Outcome;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells an image's size from the head of its body, through ImageIO's readers and without decoding a pixel. What the bytes
 * are is decided by the bytes, never by the URL's ending or the {@code Content-Type}. Thread-safe.
 */
final class DimensionsReader {

    private static final int GIF_HEADER_LENGTH = 10;
    private static final int PNG_HEADER_LENGTH = 24;

    private final Map<ImageFormat, SizeReaders> readers = new EnumMap<>(ImageFormat.class);

    DimensionsReader() {
        Arrays.stream(ImageFormat.values())
                .filter(ImageFormat::readable)
                .forEach(format -> readers.put(format, new SizeReaders(format)));
    }

    /**
     * Reads as much of {@code body} as the size takes, about {@link BodyHead#LIMIT} bytes at most.
     *
     * @param buffer to read into first; its content is arbitrary afterwards
     */
    ImageDimensions read(HttpBody body, byte[] buffer) throws ImageFailedException {
        BodyHead head = new BodyHead(body, buffer);
        head.fill(ImageFormat.MAGIC_LENGTH);
        Optional<ImageFormat> format = ImageFormat.of(head.bytes(), head.length());
        if (format.isEmpty()) {
            throw failed(new NotAnImage(head.length() == 0 ? "the body was empty" : "the body is not an image"));
        }
        ImageDimensions dimensions = read(format.get(), head);
        if (dimensions.width() <= 0 || dimensions.height() <= 0) {
            throw failed(new InvalidDimensions());
        }
        return dimensions;
    }

    private ImageDimensions read(ImageFormat format, BodyHead head) throws ImageFailedException {
        @Nullable SizeReaders formatReaders = readers.get(format);
        if (formatReaders == null) {
            throw failed(new UnsupportedFormat("images of the format " + format.label() + " are not supported"));
        }
        return switch (format) {
            case GIF -> gifScreen(head);
            case PNG -> statesNoSize(head) ? new ImageDimensions(0, 0, format.label()) : read(formatReaders, head);
            default -> read(formatReaders, head);
        };
    }

    private static ImageDimensions read(SizeReaders readers, BodyHead head) throws ImageFailedException {
        while (true) {
            switch (readers.read(head)) {
                case Outcome.Found found -> {
                    return found.dimensions();
                }
                case Outcome.NeedsMore more -> fillFurther(head, more.bytes());
                case Outcome.EndsEarly early -> throw failed(new Truncated("the file ends before its image size"));
                case Outcome.Other other -> throw failed(new NotAnImage("the body is not an image"));
                case Outcome.Damaged damaged -> throw failed(reasonOf(damaged));
            }
        }
    }

    /** Doubles the head at least: every look at it begins at its first byte again. */
    private static void fillFurther(BodyHead head, long needed) throws ImageFailedException {
        if (needed > BodyHead.LIMIT) {
            throw failed(new UnsupportedFormat("there is no image size in the first " + (BodyHead.LIMIT >> 20) + "MB"));
        }
        head.fill((int) Math.min(BodyHead.LIMIT, Math.max(needed, 2L * head.length())));
    }

    /** ImageIO has one exception for every damage, so the two cases that have codes of their own show by its words only. */
    private static ImageFailure reasonOf(Outcome.Damaged damaged) {
        if (damaged.reason().startsWith("Empty JPEG")) {
            return new InvalidDimensions();
        }
        return damaged.reason().contains("nsupported")
                ? new UnsupportedFormat("this variant of the image's format is not supported")
                : new NotAnImage("the image is damaged");
    }

    /**
     * The size of a GIF is that of its logical screen, bytes 6 to 9 of its header, since that is the canvas viewers show:
     * ImageIO tells the first frame's instead, and a frame may be any part of the screen.
     */
    private static ImageDimensions gifScreen(BodyHead head) throws ImageFailedException {
        byte[] bytes = head.bytes();
        if (head.length() < GIF_HEADER_LENGTH) {
            throw failed(new Truncated("the file ends before its image size"));
        }
        int width = (bytes[6] & 0xFF) | (bytes[7] & 0xFF) << 8;
        int height = (bytes[8] & 0xFF) | (bytes[9] & 0xFF) << 8;
        return new ImageDimensions(width, height, ImageFormat.GIF.label());
    }

    /** Whether a PNG's width or height is 0 or beyond a positive int, which ImageIO reports as any other damage. */
    private static boolean statesNoSize(BodyHead head) {
        byte[] bytes = head.bytes();
        return head.length() >= PNG_HEADER_LENGTH && (isNoSize(bytes, 16) || isNoSize(bytes, 20));
    }

    private static boolean isNoSize(byte[] bytes, int offset) {
        return bytes[offset] < 0 || (bytes[offset] | bytes[offset + 1] | bytes[offset + 2] | bytes[offset + 3]) == 0;
    }

    private static ImageFailedException failed(ImageFailure failure) {
        return new ImageFailedException(failure);
    }
}
