import java.nio.file.Path;

/**
 * The parameters of all cases.
 *
 * @param jar the service
 * @param work folder of logs, photos and the nginx configuration
 * @param quick whether to use smaller sizes, which show that everything works but not how fast
 * @param report receives progress and results
 */
record Run(Path jar, Path work, boolean quick, Report report) {

    /** Returns the full size, or the smaller one with {@code --quick}. */
    int size(int full, int small) {
        return quick ? small : full;
    }

    /** Returns the document root of the origins. The path of a photo below it is the path of its URL. */
    Path photos() {
        return work.resolve("photos");
    }
}
