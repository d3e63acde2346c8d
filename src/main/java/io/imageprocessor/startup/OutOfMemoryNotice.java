package io.imageprocessor.startup;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.imageprocessor.logging.FatalErrors;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import lombok.extern.slf4j.Slf4j;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Logs one line after the start if the JVM does not end itself after an {@link OutOfMemoryError}. Then {@link
 * FatalErrors} ends it, but not after an error that a library catches.
 */
@Slf4j
@Component
class OutOfMemoryNotice {

    private static final String FLAG = "ExitOnOutOfMemoryError";

    @EventListener(ApplicationReadyEvent.class)
    void report() {
        if (Stream.of(FLAG, "CrashOnOutOfMemoryError").noneMatch(OutOfMemoryNotice::isSet)) {
            log.info("start with -XX:+{}: otherwise an OutOfMemoryError in a library does not end the process", FLAG);
        }
    }

    private static boolean isSet(String flag) {
        HotSpotDiagnosticMXBean diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Boolean.parseBoolean(diagnostics.getVMOption(flag).getValue());
    }
}
