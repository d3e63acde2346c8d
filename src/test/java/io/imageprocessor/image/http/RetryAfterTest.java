package io.imageprocessor.image.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0                              | PT0S
                    7                              | PT7S
                    120                            | PT2M
                    86400                          | PT24H
                    86401                          | PT24H
                    99999999999999999999999        | PT24H
                    -1                             | PT0S
                    1.5                            | PT0S
                    soon                           | PT0S
                    ''                             | PT0S
                    Sun, 06 Nov 1994 08:50:00 GMT  | PT23S
                    Sunday, 06-Nov-94 08:50:00 GMT | PT0S
                    Sun, 06 Nov 1994 08:40:00 GMT  | PT0S
                    Sat, 06 Nov 2094 08:49:37 GMT  | PT24H
                    """)
    void readsSecondsAndDates(String value, Duration expected) {
        assertThat(RetryAfter.in(response(value, "Sun, 06 Nov 1994 08:49:37 GMT")))
                .isEqualTo(expected);
    }

    @Test
    void ignoresADateIfTheResponseHasNoDate() {
        BasicHttpResponse response = new BasicHttpResponse(503);
        response.setHeader(HttpHeaders.RETRY_AFTER, "Sat, 06 Nov 2094 08:49:37 GMT");

        assertThat(RetryAfter.in(response)).isZero();
        assertThat(RetryAfter.in(response("Sat, 06 Nov 2094 08:49:37 GMT", "today")))
                .isZero();
    }

    @Test
    void isZeroWithoutAHeader() {
        assertThat(RetryAfter.in(new BasicHttpResponse(503))).isZero();
    }

    private static BasicHttpResponse response(String retryAfter, String date) {
        BasicHttpResponse response = new BasicHttpResponse(503);
        response.setHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        response.setHeader(HttpHeaders.DATE, date);
        return response;
    }
}
