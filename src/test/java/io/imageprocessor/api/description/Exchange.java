package io.imageprocessor.api.description;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request and its answer.
 *
 * @param target path and query
 * @param sent the body of the request; empty if there is none, or it is not to be looked at
 * @param headers of the answer; names in any case
 * @param body of the answer
 */
public record Exchange(
        String method, String target, String sent, int status, Map<String, List<String>> headers, String body) {

    public Exchange {
        Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    /** What was sent and answered over HTTP. */
    public static Exchange of(HttpRequest request, String sent, HttpResponse<String> response) {
        return of(request, sent, response, response.body());
    }

    /** What was sent and answered over HTTP, of which {@code body} is the body or a part that can stand alone. */
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

    /** The names of the parameters in the query. */
    List<String> parameters() {
        String[] parts = target.split("\\?", 2);
        return parts.length < 2
                ? List.of()
                : List.of(parts[1].split("&")).stream()
                        .map(parameter -> parameter.split("=", 2)[0])
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /** Without its parameters, as {@code application/json}; empty if there is none. */
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
