package io.imageprocessor.stores;

import io.imageprocessor.logging.RateLimitedLog;
import java.util.Optional;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Reloads the store master when its file has changed. It polls every five seconds, because file notifications do not
 * report a Kubernetes ConfigMap that is replaced behind two symbolic links. For one thread.
 */
@Slf4j
@RequiredArgsConstructor
class StoreMasterMonitor {

    private final StoreMasterFile file;
    private final StoreMaster stores;
    private final RateLimitedLog events = RateLimitedLog.ofEvents(log);
    private Optional<FileState> lastChecked = Optional.empty();

    /**
     * Reloads the file if it has changed since the last read. It must be unchanged since the last check, because a file
     * that still changes may be incomplete.
     */
    @Scheduled(fixedDelayString = "PT5S")
    void check() {
        Optional<FileState> now = file.state();
        boolean unchanged = now.equals(lastChecked);
        lastChecked = now;
        if (unchanged && !now.equals(file.lastRead())) {
            try {
                stores.reload();
            } catch (StoreMasterException e) {
                events.warn("rejected the changed store master, the current stores stay in use: {}", e.getMessage());
            }
        }
    }
}
