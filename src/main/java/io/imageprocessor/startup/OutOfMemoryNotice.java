package io.imageprocessor.startup;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.imageprocessor.logging.FatalErrors;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import lombok.extern.slf4j.Slf4j;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Logs one line after the start if the JVM does not end itself after an {@link OutOfMemoryError}. Then
 * {@link FatalErrors} ends it, but not after an error that a library catches.
 */
@Slf4j
@Component
class OutOfMemoryNotice {

    private static final String FLAG = "ExitOnOutOfMemoryError";

    /** Returns the value of a flag of the JVM. */
    private final UnaryOperator<String> flags;

    @Autowired
    OutOfMemoryNotice() {
        this(flag -> ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption(flag)
                .getValue());
    }

    OutOfMemoryNotice(UnaryOperator<String> flags) {
        this.flags = flags;
    }

    @EventListener(ApplicationReadyEvent.class)
    void report() {
        if (Stream.of(FLAG, "CrashOnOutOfMemoryError").map(flags).noneMatch(Boolean::parseBoolean)) {
            log.info("start with -XX:+{}: otherwise an OutOfMemoryError in a library does not end the process", FLAG);
        }
    }
}
