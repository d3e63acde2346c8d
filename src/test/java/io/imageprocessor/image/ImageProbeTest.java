package io.imageprocessor.image;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static io.imageprocessor.image.Photos.jpeg;
import static io.imageprocessor.image.Photos.photo;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.localProbe;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from an origin that conforms to HTTP. */
class ImageProbeTest {

    private static final WireMockServer origin =
            new WireMockServer(options().dynamicPort().dynamicHttpsPort());

    private final ImageProbe probe = localProbe("max-bytes", "100KB", "max-redirects", "2");

    @BeforeAll
    static void startOrigin() {
        origin.start();
    }

    @AfterAll
    static void stopOrigin() {
        origin.stop();
    }

    @BeforeEach
    void resetOrigin() {
        origin.resetAll();
    }

    @AfterEach
    void closeProbe() {
        probe.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff", "wbmp"})
    void measuresEveryFormat(String format) throws Exception {
        byte[] photo = photo(format, 123, 45);
        origin.stubFor(get("/photo").willReturn(ok().withBody(photo)));

        MeasuredImage measured = measure(probe, url("/photo"));

        assertThat(measured.dimensions()).isEqualTo(new ImageDimensions(123, 45, format));
        assertThat(measured.bytes()).isEqualTo(photo.length);
    }

    private static String url(String path) {
        return "http://localhost:" + origin.port() + path;
    }

    @Test
    void detectsTheFormatByContentOnly() throws Exception {
        origin.stubFor(get("/photo.gif")
                .willReturn(ok().withHeader("Content-Type", "text/html").withBody(jpeg(3, 4))));

        assertThat(measure(probe, url("/photo.gif")).dimensions()).isEqualTo(new ImageDimensions(3, 4, "jpeg"));
    }

    @Test
    void sendsItsNameAndRequestsNoCompression() throws Exception {
        origin.stubFor(get("/photo?size=a%20b").willReturn(ok().withBody(jpeg(3, 4))));

        measure(probe, url("/photo?size=a b#fragment"));

        origin.verify(getRequestedFor(urlEqualTo("/photo?size=a%20b"))
                .withHeader("User-Agent", matching("image-processor/.+"))
                .withHeader("Accept-Encoding", equalTo("identity"))
                .withHeader("Host", equalTo("localhost:" + origin.port()))
                .withoutHeader("Cookie")
                .withoutHeader("Referer"));
    }

    @Test
    void storesNoCookies() throws Exception {
        origin.stubFor(
                get("/photo").willReturn(ok().withHeader("Set-Cookie", "a=b").withBody(jpeg(3, 4))));

        measure(probe, url("/photo"));
        measure(probe, url("/photo"));

        origin.verify(2, getRequestedFor(urlEqualTo("/photo")).withoutHeader("Cookie"));
    }

    @ParameterizedTest
    @CsvSource({
        "204, false",
        "206, false",
        "304, false",
        "400, false",
        "401, false",
        "403, false",
        "404, false",
        "408, true",
        "410, false",
        "429, true",
        "500, true",
        "502, true",
        "503, true"
    })
    void failsWithTheStatus(int status, boolean retryable) {
        origin.stubFor(get("/photo").willReturn(aResponse().withStatus(status)));

        ImageFailure failure = failureOf(probe, url("/photo"));

        assertThat(failure).isEqualTo(new HttpStatus(status));

        assertThat(failure.message()).isEqualTo("the origin answered " + status);
        assertThat(failure.retryable()).isEqualTo(retryable);
    }

    @Test
    void reportsTheRetryAfterOfTheOrigin() {
        origin.stubFor(get("/photo").willReturn(aResponse().withStatus(503).withHeader("Retry-After", "120")));

        assertThat(failureOf(probe, url("/photo")).retryAfter()).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsRedirects(int status) throws Exception {
        origin.stubFor(get("/a/old").willReturn(aResponse().withStatus(status).withHeader("Location", "new?x=1")));
        origin.stubFor(get("/a/new?x=1").willReturn(ok().withBody(jpeg(3, 4))));

        assertThat(measure(probe, url("/a/old")).dimensions().width()).isEqualTo(3);
    }

    @Test
    void followsRedirectsUpToTheLimit() throws Exception {
        origin.stubFor(get("/1").willReturn(temporaryRedirect("/2")));
        origin.stubFor(get("/2").willReturn(temporaryRedirect(url("/3"))));
        origin.stubFor(get("/3").willReturn(ok().withBody(jpeg(3, 4))));

        assertThat(measure(probe, url("/1")).dimensions().width()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://example.com/a", "file:///etc/passwd", "javascript:alert(1)", "//user@host/", "http://"})
    void rejectsRedirectsToOtherSchemes(String location) {
        origin.stubFor(get("/photo").willReturn(temporaryRedirect(location)));

        assertThat(failureOf(probe, url("/photo"))).isInstanceOf(InvalidUrl.class);
    }

    @Test
    void reportsARedirectWithoutLocationAsAStatus() {
        origin.stubFor(get("/photo").willReturn(aResponse().withStatus(302)));

        assertThat(failureOf(probe, url("/photo"))).isEqualTo(new HttpStatus(302));
    }

    @Test
    void rejectsBodiesOverTheLimitWhileTheyStream() {
        origin.stubFor(get("/photo")
                .willReturn(ok().withBody(Photos.padded(jpeg(3, 4), 102401)).withChunkedDribbleDelay(4, 4)));

        ImageFailure failure = failureOf(probe, url("/photo"));

        assertThat(failure).isInstanceOf(TooLarge.class);
        assertThat(failure.message()).isEqualTo("the body was larger than 100KB");
    }

    @Test
    void acceptsBodiesOfExactlyTheLimit() throws Exception {
        origin.stubFor(get("/photo").willReturn(ok().withBody(Photos.padded(jpeg(3, 4), 102400))));

        assertThat(measure(probe, url("/photo")).bytes()).isEqualTo(102400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><html><svg></svg></html>",
                "{\"error\": 404}",
                "BMW is a car maker from Munich",
                "GIF is an image format of 1987",
                "not found",
                "\0\0\0\0\0\0\0\0"
            })
    void rejectsBodiesThatAreNotImages(String body) {
        origin.stubFor(get("/photo.jpg").willReturn(ok(body)));

        assertThat(failureOf(probe, url("/photo.jpg"))).isEqualTo(new NotAnImage("the body is not an image"));
    }

    @Test
    void reportsEmptyBodies() {
        origin.stubFor(get("/photo").willReturn(ok()));

        assertThat(failureOf(probe, url("/photo"))).isEqualTo(new NotAnImage("the body was empty"));
    }

    @Test
    void reportsUnsupportedFormats() {
        origin.stubFor(get("/photo").willReturn(ok("<svg width='3' height='4'/>")));

        assertThat(failureOf(probe, url("/photo"))).isEqualTo(new UnsupportedFormat("SVG is not supported"));
    }

    @Test
    void reportsInvalidDimensions() {
        origin.stubFor(get("/photo").willReturn(ok("P5 0 3 255 ")));

        assertThat(failureOf(probe, url("/photo"))).isEqualTo(new InvalidDimensions());
    }

    @Test
    void reportsATruncatedFileInACompleteBody() {
        origin.stubFor(get("/photo").willReturn(ok().withBody(Arrays.copyOf(jpeg(64, 48), 650))));

        assertThat(failureOf(probe, url("/photo"))).isEqualTo(new Truncated("the file ends before the image does"));
    }

    @Test
    void reportsTheCertificateProblem() {
        ImageFailure failure = failureOf(probe, "https://localhost:" + origin.httpsPort() + "/photo");

        assertThat(failure).isEqualTo(new ConnectFailure("the origin's certificate is not trusted", false));
    }

    @Test
    void failsOnInvalidUrlsWithoutARequest() {
        assertThat(failureOf(probe, "no url")).isInstanceOf(InvalidUrl.class);
    }

    @Test
    void rejectsPlatformThreads() {
        assertThatIllegalStateException()
                .isThrownBy(() -> probe.measure(url("/photo")))
                .withMessage("a download must run on a virtual thread, so that it can time out");
    }
}
