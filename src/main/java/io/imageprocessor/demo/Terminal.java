package io.imageprocessor.demo;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** The output of the demo: its result, not a log. */
@Component
@Profile("demo")
class Terminal {

    private final PrintStream out;
    private final boolean redraws;

    /** Prints to the standard output of the process. */
    Terminal() {
        this(
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out),
                        true,
                        Charset.forName(System.getProperty("stdout.encoding", "US-ASCII"), StandardCharsets.US_ASCII)),
                isTerminal());
    }

    /** @param redraws whether a line can be overwritten */
    Terminal(PrintStream out, boolean redraws) {
        this.out = out;
        this.redraws = redraws;
    }

    /** In JDK 25, {@code System.console()} is null again without a terminal. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    boolean redraws() {
        return redraws;
    }

    /** Returns whether the output can encode the character. */
    boolean canPrint(char character) {
        return out.charset().newEncoder().canEncode(character);
    }

    void line(String text) {
        out.println(text);
    }

    /** Overwrites the line of the previous call. */
    void redraw(String text) {
        out.print('\r' + text);
        out.flush();
    }
}
