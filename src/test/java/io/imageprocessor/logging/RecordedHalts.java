package io.imageprocessor.logging;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Records the halts of {@link FatalErrors} during a test, instead of ending this JVM. For tests that plant an
 * {@link OutOfMemoryError}; to be registered with {@link RegisterExtension} or {@link ExtendWith}.
 */
public final class RecordedHalts implements BeforeEachCallback, AfterEachCallback {

    private final List<Integer> codes = new CopyOnWriteArrayList<>();
    private @Nullable FatalErrors previous;

    @Override
    public void beforeEach(ExtensionContext context) {
        codes.clear();
        previous = FatalErrors.replace(new FatalErrors(codes::add));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        FatalErrors.replace(requireNonNull(previous));
    }

    /** Asserts that the process would have been halted. */
    public void assertHalted() {
        assertThat(codes).as("exit codes of halts").containsExactly(FatalErrors.EXIT_CODE);
    }

    /** Asserts that the process would not have been halted. */
    public void assertNotHalted() {
        assertThat(codes).as("exit codes of halts").isEmpty();
    }
}
