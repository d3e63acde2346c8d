package io.imageprocessor.api.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lombok.RequiredArgsConstructor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Rejects calls that change something and come from a page of another origin: browsers send some of them without asking
 * the service (CORS preflight). A client that sends neither {@code Sec-Fetch-Site} nor {@code Origin} is no browser.
 */
@RequiredArgsConstructor
final class CrossOriginFilter extends OncePerRequestFilter {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final byte[] REJECTION =
            "{\"error\":\"calls from a page of another origin are not allowed\"}".getBytes(StandardCharsets.US_ASCII);

    private final Set<String> allowedOrigins;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (READING.contains(request.getMethod()) || isAllowed(request)) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpStatus.FORBIDDEN.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(REJECTION);
    }

    private boolean isAllowed(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && allowedOrigins.contains(origin)) {
            return true;
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        return origin == null || isSame(origin, request);
    }

    /** Compares hosts and ports. Behind a proxy, {@code Host} may be that of the service. */
    private static boolean isSame(String origin, HttpServletRequest request) {
        Authority expected = Authority.ofOrigin(origin);
        return expected != null
                && Stream.of(HttpHeaders.HOST, "X-Forwarded-Host")
                        .flatMap(name -> Collections.list(request.getHeaders(name)).stream())
                        .flatMap(header -> Stream.of(header.split(",")))
                        .anyMatch(host -> expected.equals(Authority.of(host.strip(), expected.defaultPort())));
    }

    /**
     * A host with its port.
     *
     * @param defaultPort the port of the origin's scheme
     */
    private record Authority(String host, int port, int defaultPort) {

        /** Hosts of containers have underscores, which URLs do not allow. */
        private static final Pattern AUTHORITY =
                Pattern.compile("(\\[[\\p{XDigit}:.]+]|[^\\[\\]:/@?#\\s]+)(?::(\\d{1,5}))?");

        static @Nullable Authority ofOrigin(String origin) {
            String scheme = origin.replaceFirst("://.*", "").toLowerCase(Locale.ROOT);
            return switch (scheme) {
                case "http" -> of(origin.substring("http://".length()), 80);
                case "https" -> of(origin.substring("https://".length()), 443);
                default -> null;
            };
        }

        static @Nullable Authority of(String text, int defaultPort) {
            Matcher parts = AUTHORITY.matcher(text);
            if (!parts.matches()) {
                return null;
            }
            int port = parts.group(2) == null ? defaultPort : Integer.parseInt(parts.group(2));
            return new Authority(parts.group(1).toLowerCase(Locale.ROOT), port, defaultPort);
        }
    }
}
