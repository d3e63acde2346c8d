package io.imageprocessor.image.format;

/** Provides a file in reads of limited size. */
final class FileSource implements ByteSource {

    private final byte[] file;
    private final int atOnce;
    private final long declaredLength;
    private int position;

    /**
     * @param atOnce limit in bytes for one read
     * @param declaredLength the declared length, or -1
     */
    FileSource(byte[] file, int atOnce, long declaredLength) {
        this.file = file;
        this.atOnce = atOnce;
        this.declaredLength = declaredLength;
    }

    /** Creates a source with unlimited reads and no declared length. */
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
    public long declaredLength() {
        return declaredLength;
    }

    /** Returns the number of bytes read so far. */
    int position() {
        return position;
    }
}
