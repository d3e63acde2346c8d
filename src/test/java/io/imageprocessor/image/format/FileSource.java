package io.imageprocessor.image.format;

/** A file that arrives in pieces. */
final class FileSource implements ByteSource {

    private final byte[] file;
    private final int atOnce;
    private final long promised;
    private int position;

    /**
     * @param atOnce bytes that a read brings at most
     * @param promised length that is announced, or -1
     */
    FileSource(byte[] file, int atOnce, long promised) {
        this.file = file;
        this.atOnce = atOnce;
        this.promised = promised;
    }

    /** All at once, and of no announced length. */
    static FileSource of(byte[] file) {
        return new FileSource(file, Integer.MAX_VALUE, -1);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
        if (position == file.length) {
            return -1;
        }
        int count = Math.min(Math.min(length, atOnce), file.length - position);
        System.arraycopy(file, position, buffer, offset, count);
        position += count;
        return count;
    }

    @Override
    public long promised() {
        return promised;
    }

    /** Bytes that were read. */
    int position() {
        return position;
    }
}
