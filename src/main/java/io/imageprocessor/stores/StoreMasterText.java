package io.imageprocessor.stores;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;
import org.springframework.util.unit.DataSize;

/** The text of the store master: valid UTF-8, with or without a byte order mark. Immutable, so thread-safe. */
@RequiredArgsConstructor(access = AccessLevel.PRIVATE)
final class StoreMasterText {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final byte[] bytes;

    /**
     * Reads the whole file at once. A decoding reader would not know the line of an invalid byte, and opencsv would
     * treat a disk failure as the end of the file.
     *
     * @throws StoreMasterException if the file is missing, is no regular file, cannot be read, is larger than the limit
     *     or is not UTF-8
     */
    static StoreMasterText read(String file, DataSize limit) {
        byte[] bytes = bytes(file, limit);
        requireUtf8(file, bytes);
        return new StoreMasterText(bytes);
    }

    /** Opens the text without the byte order mark. */
    Reader reader() {
        int start = Arrays.equals(bytes, 0, Math.min(bytes.length, BYTE_ORDER_MARK.length), BYTE_ORDER_MARK, 0, 3)
                ? BYTE_ORDER_MARK.length
                : 0;
        InputStream text = new ByteArrayInputStream(bytes, start, bytes.length - start);
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String file, DataSize limit) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw StoreMasterException.of(file, "not a path (" + e.getReason() + ")");
        }
        if (Files.isDirectory(path)) {
            throw StoreMasterException.of(file, "a directory, not a file");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // Opening a named pipe would wait for its other end, and a device may have no end.
            throw StoreMasterException.of(file, "not a regular file");
        }
        // Not by the size that the file system reports, because the file may grow while it is read.
        int max = Math.toIntExact(limit.toBytes());
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(max);
            if (in.read() >= 0) {
                throw StoreMasterException.of(file, "larger than %d bytes".formatted(max));
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw StoreMasterException.of(file, "no such file" + absolutePathHint(path));
        } catch (AccessDeniedException e) {
            throw StoreMasterException.of(file, "cannot be read (permission denied)");
        } catch (FileSystemException e) {
            throw StoreMasterException.of(file, "cannot be read (" + e.getReason() + ")");
        } catch (IOException e) {
            throw StoreMasterException.of(file, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private static String absolutePathHint(Path path) {
        return path.isAbsolute()
                ? ""
                : " (absolute path: " + path.toAbsolutePath().normalize() + ")";
    }

    private static void requireUtf8(String file, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(8_192);
        long line = 1;
        CoderResult result;
        do {
            result = decoder.decode(in, chars.clear(), true);
            line += chars.flip().chars().filter(c -> c == '\n').count();
        } while (result.isOverflow());
        if (result.isError()) {
            throw StoreMasterException.at(file, line, "not valid UTF-8");
        }
    }
}
