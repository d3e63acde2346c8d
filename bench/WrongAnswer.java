import java.io.IOException;

/** An answer that the service must not give to a good client. */
final class WrongAnswer extends IOException {
    private static final long serialVersionUID = 1L;

    WrongAnswer(String what, Http.Answer answer) {
        super(what + ": " + answer.status() + " " + shortened(answer.body()));
    }

    WrongAnswer(String what) {
        super(what);
    }

    private static String shortened(String body) {
        String line = body.replaceAll("\\s+", " ");
        return line.length() > 160 ? line.substring(0, 160) + " ..." : line;
    }
}
