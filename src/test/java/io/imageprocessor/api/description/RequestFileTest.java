package io.imageprocessor.api.description;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks docs/requests.http, which is written by hand, against the description. */
class RequestFileTest {

    private static final ApiDescription DESCRIPTION = ApiDescription.checkedIn();

    /** A method and a path of the API, more lines of the query, headers, and a body after an empty line. */
    private static final Pattern REQUEST = Pattern.compile(
            "(?<method>[A-Z]+) \\{\\{base}}(?<target>/\\S+)(?<query>(\\n +[?&]\\S+)*)"
                    + "(\\n[\\w-]+: .*)*(\\n\\n(?<body>.*))?",
            Pattern.DOTALL);

    static Stream<Exchange> requests() throws IOException {
        return Stream.of(Files.readString(Path.of("docs", "requests.http")).split("(?m)^###.*\\n"))
                .skip(1)
                .map(text -> {
                    var request = REQUEST.matcher(text.strip());
                    assertThat(request.matches()).as(text).isTrue();
                    return request;
                })
                .map(request -> new Exchange(
                        request.group("method"),
                        request.group("target") + request.group("query").replaceAll("\\s", ""),
                        request.group("body") == null ? "" : request.group("body"),
                        0,
                        Map.of(),
                        ""));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void everyRequestIsDescribed(Exchange request) {
        assertThat(DESCRIPTION.requestLies(request)).isEmpty();
    }

    @Test
    void everyCallHasARequest() throws IOException {
        Set<String> tried = requests()
                .flatMap(request -> DESCRIPTION.call(request.method(), request.path()).stream())
                .map(DescribedCall::id)
                .collect(toSet());

        List<String> described = DESCRIPTION.calls().map(DescribedCall::id).toList();
        assertThat(tried).containsExactlyInAnyOrderElementsOf(described);
    }
}
