/** Something that makes a figure worthless or impossible; the message is for the person who reads the terminal. */
final class BenchmarkFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkFailure(String message) {
        super(message);
    }
}
