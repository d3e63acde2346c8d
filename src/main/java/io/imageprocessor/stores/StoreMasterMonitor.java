package io.imageprocessor.stores;

import java.util.Optional;
import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Notices by itself that the file of the store master has changed, and has it read again. It asks every few seconds
 * instead of being told, since no notification tells that a Kubernetes ConfigMap was swapped behind two symbolic links.
 */
@Slf4j
@RequiredArgsConstructor
class StoreMasterMonitor {

    private final StoreMasterFile file;
    private final StoreMaster stores;
    private Optional<FileState> lastSeen = Optional.empty();

    /**
     * Looks at the file, and has it read if it is not as it was when it was last read. A file that was not yet like
     * this at the last look may be half-written, and has time until the next.
     */
    @Scheduled(fixedDelayString = "PT5S")
    void check() {
        Optional<FileState> now = file.state();
        boolean atRest = now.equals(lastSeen);
        lastSeen = now;
        if (atRest && !now.equals(file.lastRead())) {
            try {
                stores.reload();
            } catch (StoreMasterException e) {
                log.warn(
                        "The store master has changed and is not used, the stores stay as they are: {}",
                        e.getMessage());
            }
        }
    }
}
