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
 * Limits the image files, and the pages of images and failed stores, that are sent at the same time. The limits are
 * below the number of web server threads, so slow clients cannot take them all, and bound the heap, which holds a page
 * or slice for each response. Thread-safe.
 */
@Component
final class ReadLimiter implements HandlerInterceptor {

    static final int MAX = 32;

    private final Semaphore files;
    private final Semaphore pages;

    ReadLimiter(LimitMeters meters) {
        files = meters.permits("imageprocessor.files", MAX, "Image files that are being sent");
        pages = meters.permits("imageprocessor.pages", MAX, "Pages of images and failed stores that are being sent");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!permits(handler).tryAcquire()) {
            throw RejectedException.unavailable(
                    "too many %s are being sent; try again later".formatted(isFile(handler) ? "files" : "pages"));
        }
        return true;
    }

    /** Releases the permit, whether or not the request succeeded. */
    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        permits(handler).release();
    }

    private Semaphore permits(Object handler) {
        return isFile(handler) ? files : pages;
    }

    /** Returns whether the handler sends a file: such a handler writes the response and returns nothing. */
    private static boolean isFile(Object handler) {
        return handler instanceof HandlerMethod method && method.isVoid();
    }
}
