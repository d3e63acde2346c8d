package io.imageprocessor.image.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * Reads the lines of one response header, and repairs those that browsers and curl accept but HttpCore rejects: a field
 * without a name or a colon is left out, as are the lines that continue it or nothing, and blanks before a colon are
 * removed.
 *
 * <p>Limits the whole header instead of each line, so one field may use the whole limit. Used by one thread at a time.
 */
final class HeaderLines implements SessionInputBuffer {

    /** Limit in bytes for one response header. */
    static final int MAX_HEADER = 64 * 1024;

    /** Limit in bytes for a line of a connection that is reused, because its parser keeps the longest status line. */
    private static final int MAX_REUSABLE_LINE = 16 * 1024;

    private final SessionInputBuffer source;
    private int bytes;
    private boolean inFields;
    private boolean afterField;
    private boolean irregular;

    /** Creates lines that have not been read from {@code source} yet. */
    HeaderLines(SessionInputBuffer source) {
        this.source = source;
    }

    /** Returns whether a line was repaired or very long. */
    boolean irregular() {
        return irregular;
    }

    /**
     * Appends the next line of the header to {@code line}, without its end.
     *
     * @return the length of the line, or -1 at the end of the connection
     * @throws MessageConstraintException if the header is too long
     * @throws ConnectionClosedException if the connection ends within a field
     */
    @Override
    public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
        while (true) {
            int length = readOne(line, in);
            if (length <= 0) {
                return length;
            }
            if (!inFields) {
                inFields = true;
                return length;
            }
            if (isUsable(line)) {
                return line.length();
            }
            irregular = true;
            line.clear();
        }
    }

    private int readOne(CharArrayBuffer line, InputStream in) throws IOException {
        int most = MAX_HEADER - bytes;
        int count = 0;
        for (int c = source.read(in); c >= 0; c = source.read(in)) {
            if (++count > most) {
                throw new MessageConstraintException("response header exceeds " + MAX_HEADER + " bytes");
            }
            if (c == '\n') {
                bytes += count;
                int length = line.length();
                if (length > 0 && line.charAt(length - 1) == '\r') {
                    line.setLength(length - 1);
                }
                irregular |= length > MAX_REUSABLE_LINE;
                return line.length();
            }
            line.append((char) c);
        }
        if (inFields && !line.isEmpty()) {
            throw new ConnectionClosedException("the connection ended within a header");
        }
        return line.isEmpty() ? -1 : line.length();
    }

    /** Returns whether {@code line} is a field, after a repair if necessary, or continues one. */
    private boolean isUsable(CharArrayBuffer line) {
        if (isBlank(line.charAt(0))) {
            return afterField;
        }
        int colon = line.indexOf(':');
        int nameEnd = colon;
        while (nameEnd > 0 && isBlank(line.charAt(nameEnd - 1))) {
            nameEnd--;
        }
        afterField = nameEnd > 0;
        if (afterField && nameEnd < colon) {
            irregular = true;
            String rest = line.substring(colon, line.length());
            line.setLength(nameEnd);
            line.append(rest);
        }
        return afterField;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    @Override
    public int length() {
        return source.length();
    }

    @Override
    public int capacity() {
        return source.capacity();
    }

    @Override
    public int available() {
        return source.available();
    }

    @Override
    public int read(byte[] target, int offset, int length, InputStream in) throws IOException {
        return source.read(target, offset, length, in);
    }

    @Override
    public int read(byte[] target, InputStream in) throws IOException {
        return source.read(target, in);
    }

    @Override
    public int read(InputStream in) throws IOException {
        return source.read(in);
    }

    @Override
    public HttpTransportMetrics getMetrics() {
        return source.getMetrics();
    }
}
