package io.imageprocessor.api.submit;

import io.imageprocessor.api.LimitMeters;
import io.imageprocessor.job.SubmissionRejectedException;
import io.imageprocessor.job.SubmissionRejectedException.Reason;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Limits the bodies that are read at the same time. Thread-safe. */
@Component
class UploadLimiter {

    /** Fewer than the web server's threads, so slow clients cannot take them all. */
    private static final int MAX_UPLOADS = 64;

    private final Semaphore uploads;

    /** The permit to read one body, until it is closed. */
    interface Permit extends AutoCloseable {

        @Override
        void close();
    }

    UploadLimiter(LimitMeters meters) {
        uploads = meters.permits("imageprocessor.uploads", MAX_UPLOADS, "Submissions that are being read");
    }

    /** @throws SubmissionRejectedException if the limit is reached */
    Permit acquire() {
        if (!uploads.tryAcquire()) {
            throw new SubmissionRejectedException(Reason.UPLOADS, "too many submissions at once; try again later");
        }
        return uploads::release;
    }
}
