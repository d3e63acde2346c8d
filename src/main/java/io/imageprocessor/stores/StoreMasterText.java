package io.imageprocessor.stores;

import java.io.IOException;
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

/** Reads the store master as text: UTF-8, with or without a byte order mark. */
final class StoreMasterText {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private StoreMasterText() {}

    /**
     * Reads and decodes the whole file at once. A decoding reader would not know the line of an invalid byte, and
     * opencsv would treat a disk failure as the end of the file.
     *
     * @throws StoreMasterException if the file is missing, cannot be read, or is not UTF-8
     */
    static String read(String file) {
        return decode(file, bytes(file));
    }

    private static byte[] bytes(String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException e) {
            throw StoreMasterException.of(file, "not a path (" + e.getReason() + ")");
        }
        if (Files.isDirectory(path)) {
            throw StoreMasterException.of(file, "a directory, not a file");
        }
        try {
            return Files.readAllBytes(path);
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

    private static String decode(String file, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, true);
        String text = chars.flip().toString();
        if (result.isError()) {
            long line = 1 + text.chars().filter(c -> c == '\n').count();
            throw StoreMasterException.at(file, line, "not valid UTF-8");
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
