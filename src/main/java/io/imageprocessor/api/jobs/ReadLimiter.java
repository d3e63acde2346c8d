package io.imageprocessor.api.jobs;

import io.imageprocessor.api.LimitMeters;
import io.imageprocessor.api.RejectedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets only so many clients read files of images at once, and as many read pages of them, until the last byte is
 * written: fewer than the web server has threads, so that slow clients leave some to others, and few enough for the
 * heap, which holds a page or a slice of a file for each. Thread-safe.
 */
@Component
final class ReadLimiter implements HandlerInterceptor {

    static final int MAX = 32;

    private final Semaphore files;
    private final Semaphore pages;

    ReadLimiter(LimitMeters meters) {
        files = meters.places("imageprocessor.files", MAX, "Files of images that are being sent");
        pages = meters.places("imageprocessor.pages", MAX, "Pages of images that are being sent");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!places(handler).tryAcquire()) {
            throw RejectedException.unavailable(
                    "too many %s are being sent; try again later".formatted(isFile(handler) ? "files" : "pages"));
        }
        return true;
    }

    /** Called for whoever was let in, whatever became of the answer. */
    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        places(handler).release();
    }

    private Semaphore places(Object handler) {
        return isFile(handler) ? files : pages;
    }

    /** The handler of a file writes it and returns nothing. */
    private static boolean isFile(Object handler) {
        return handler instanceof HandlerMethod method && method.isVoid();
    }
}
