package io.imageprocessor.api.description;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request and its response.
 *
 * @param target path and query
 * @param sent body of the request; empty if there is none or it is not checked
 * @param headers headers of the response; names in any case
 * @param body body of the response
 */
public record Exchange(
        String method, String target, String sent, int status, Map<String, List<String>> headers, String body) {

    public Exchange {
        Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    /** Creates an exchange from an HTTP response. */
    public static Exchange of(HttpRequest request, String sent, HttpResponse<String> response) {
        return of(request, sent, response, response.body());
    }

    /** Creates an exchange from an HTTP response and its body, or a complete part of its body. */
    public static Exchange of(HttpRequest request, String sent, HttpResponse<?> response, String body) {
        URI uri = request.uri();
        String target = uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + '?' + uri.getRawQuery();
        return new Exchange(
                request.method(),
                target,
                sent,
                response.statusCode(),
                response.headers().map(),
                body);
    }

    String path() {
        return target.split("\\?", 2)[0];
    }

    /** Returns the names of the query parameters. */
    List<String> parameters() {
        String[] parts = target.split("\\?", 2);
        return parts.length < 2
                ? List.of()
                : List.of(parts[1].split("&")).stream()
                        .map(parameter -> parameter.split("=", 2)[0])
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /** Returns the content type without parameters, such as {@code application/json}; empty if there is none. */
    String mediaType() {
        return headers.getOrDefault("Content-Type", List.of(""))
                .getFirst()
                .split(";", 2)[0]
                .strip();
    }

    @Override
    public String toString() {
        return method + " " + target + " answered " + status;
    }
}
