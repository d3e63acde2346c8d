package io.imageprocessor.stores;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import lombok.AccessLevel;
import lombok.RequiredArgsConstructor;
import org.springframework.util.unit.DataSize;

/**
 * The text of the store master: valid UTF-8, with or without a byte order mark, or valid UTF-16 with one. Immutable, so
 * thread-safe.
 */
@RequiredArgsConstructor(access = AccessLevel.PRIVATE)
final class StoreMasterText {

    private final byte[] bytes;
    private final TextEncoding encoding;

    /**
     * Reads the whole file at once, because opencsv would treat a disk failure as the end of the file.
     *
     * @throws StoreMasterException if the file is missing, is no regular file, cannot be read, is larger than the limit
     *     or is not valid in its encoding
     */
    static StoreMasterText read(String file, DataSize limit) {
        byte[] bytes = bytes(file, limit);
        TextEncoding encoding = TextEncoding.of(bytes);
        encoding.requireValid(file, bytes);
        return new StoreMasterText(bytes, encoding);
    }

    /** Opens the text without the byte order mark. */
    Reader reader() {
        int start = encoding.markLength(bytes);
        InputStream text = new ByteArrayInputStream(bytes, start, bytes.length - start);
        return new BufferedReader(new InputStreamReader(text, encoding.charset()));
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
}
