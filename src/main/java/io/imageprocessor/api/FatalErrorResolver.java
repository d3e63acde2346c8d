package io.imageprocessor.api;

import io.imageprocessor.logging.FatalErrors;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Reports every failure of a request to {@link FatalErrors} and resolves none. It comes before the exception handlers
 * of the controllers: Spring wraps an error of the JVM in an exception, which a handler would answer with status 500.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class FatalErrorResolver implements HandlerExceptionResolver {

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        FatalErrors.haltIfFatal(failure);
        return null;
    }
}
