/** A failure that makes a figure invalid or impossible. The message is printed on the terminal. */
final class BenchmarkFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkFailure(String message) {
        super(message);
    }
}
