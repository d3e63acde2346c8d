package io.imageprocessor.demo;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Where the demo prints: what it says is its result, not a log. */
@Component
@Profile("demo")
class Terminal {

    private final PrintStream out;
    private final boolean redraws;

    /** The standard output of the process. */
    Terminal() {
        this(
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out),
                        true,
                        Charset.forName(System.getProperty("stdout.encoding", "US-ASCII"), StandardCharsets.US_ASCII)),
                isTerminal());
    }

    /** @param redraws whether a line can be drawn again over itself */
    Terminal(PrintStream out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /** In JDK 25 there is, again, no console where there is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    boolean redraws() {
        return redraws;
    }

    /** Whether the character can be shown. */
    boolean knows(char character) {
        return out.charset().newEncoder().canEncode(character);
    }

    void line(String text) {
        out.println(text);
    }

    /** Draws the line again that the last call of this method drew. */
    void redraw(String text) {
        out.print('\r' + text);
        out.flush();
    }
}
