import java.nio.file.Path;

/**
 * What every case is given.
 *
 * @param jar the service
 * @param work where logs, photos and the nginx configuration go
 * @param quick smaller sizes, which show that everything works and not how fast it is
 * @param report where progress and results go
 */
record Run(Path jar, Path work, boolean quick, Report report) {

    /** The full size, or the smaller one of {@code --quick}. */
    int size(int full, int quickly) {
        return quick ? quickly : full;
    }

    /** The document root of the origins; a photo's path below it is that of its URL. */
    Path photos() {
        return work.resolve("photos");
    }
}
