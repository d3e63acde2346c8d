package io.imageprocessor.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Rejects unknown and repeated query parameters, because a misspelled filter would otherwise return everything. */
final class QueryParameters implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        // OPTIONS is answered for the path, whose methods have different parameters.
        if (handler instanceof HandlerMethod method && !HttpMethod.OPTIONS.matches(request.getMethod())) {
            Set<String> known = known(method);
            sent(request).forEach((name, values) -> {
                if (!known.contains(name)) {
                    throw RejectedException.badRequest("unknown parameter %s; %s"
                            .formatted(
                                    name,
                                    known.isEmpty()
                                            ? "this call takes none"
                                            : "known parameters: " + String.join(", ", known)));
                }
                if (values.size() > 1) {
                    throw RejectedException.badRequest("parameter " + name + " is repeated");
                }
            });
        }
        return true;
    }

    /** Returns the parameters of the query only, without those of a form in the body. */
    private static Map<String, List<String>> sent(HttpServletRequest request) {
        Map<String, List<String>> sent = new LinkedHashMap<>();
        UriComponentsBuilder.newInstance()
                .query(request.getQueryString())
                .build()
                .getQueryParams()
                .forEach((name, values) -> sent.computeIfAbsent(decoded(name), _ -> new ArrayList<>())
                        .addAll(values));
        return sent;
    }

    private static String decoded(String name) {
        try {
            return UriUtils.decode(name.replace('+', ' '), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw (RejectedException)
                    RejectedException.badRequest("the query cannot be decoded").initCause(e);
        }
    }

    private static Set<String> known(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .map(parameter -> name(parameter))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(MethodParameter parameter) {
        RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
        if (annotation == null) {
            return "";
        }
        return annotation.name().isEmpty()
                ? Objects.toString(parameter.getParameter().getName(), "")
                : annotation.name();
    }
}
