package io.imageprocessor.api.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Removes from {@code Accept} what no response depends on: a charset, because every text is UTF-8, and a header that
 * cannot be parsed.
 */
final class AcceptFilter extends OncePerRequestFilter {

    private static final String CHARSET = "charset";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> sent = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
        List<String> used = normalized(sent);
        chain.doFilter(used.equals(sent) ? request : new WithAccept(request, used), response);
    }

    /** The response of a wait is built in a dispatch. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    private static List<String> normalized(List<String> headers) {
        if (headers.stream().allMatch(AcceptFilter::isPlain)) {
            return headers;
        }
        try {
            List<MediaType> types = MediaType.parseMediaTypes(headers);
            return types.isEmpty()
                    ? List.of()
                    : List.of(MediaType.toString(
                            types.stream().map(AcceptFilter::withoutCharset).toList()));
        } catch (InvalidMediaTypeException e) {
            return List.of();
        }
    }

    /** Returns whether a header is one of the usual ones, which need no parsing. */
    private static boolean isPlain(String header) {
        return header.equals(MediaType.ALL_VALUE) || header.equals(MediaType.APPLICATION_JSON_VALUE);
    }

    private static MediaType withoutCharset(MediaType type) {
        Map<String, String> parameters = new HashMap<>(type.getParameters());
        parameters.keySet().removeIf(CHARSET::equalsIgnoreCase);
        return new MediaType(type.getType(), type.getSubtype(), parameters);
    }

    private static final class WithAccept extends HttpServletRequestWrapper {

        private final List<String> accept;

        WithAccept(HttpServletRequest request, List<String> accept) {
            super(request);
            this.accept = accept;
        }

        @Override
        public @Nullable String getHeader(String name) {
            if (!HttpHeaders.ACCEPT.equalsIgnoreCase(name)) {
                return super.getHeader(name);
            }
            return accept.isEmpty() ? null : accept.getFirst();
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return HttpHeaders.ACCEPT.equalsIgnoreCase(name) ? Collections.enumeration(accept) : super.getHeaders(name);
        }
    }
}
