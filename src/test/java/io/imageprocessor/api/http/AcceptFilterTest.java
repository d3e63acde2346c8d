package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

@ServiceTest
@SameOnAnyStorage
class AcceptFilterTest {

    @LocalServerPort
    int port;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;charset=utf-16",
                "application/json; CHARSET=utf-16; q=0.5",
                "application/json;charset=\"nonsense\"",
                "application/json;charset=",
                ",,,",
                "nonsense",
                "a/b/c",
                "*",
                "text/",
                "application/json;q=2",
                "*/html",
                "{}"
            })
    void respondsInUtf8WhateverCharsetAndSyntax(String accept) {
        ApiClient client = new ApiClient(port);
        for (String path : new String[] {
            "/api/stores/S00339218", "/api/jobs", "/actuator/health/liveness", "/actuator/info", "/actuator/prometheus"
        }) {
            String type = path.endsWith("prometheus") ? "text/plain" : "application/json";
            HttpResponse<String> response = client.get(path, "Accept", accept.replace("application/json", type));

            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse(""))
                    .as(path)
                    .doesNotContainIgnoringCase("utf-16");
        }
    }
}
