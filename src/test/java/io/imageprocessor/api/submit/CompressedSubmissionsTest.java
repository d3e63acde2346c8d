package io.imageprocessor.api.submit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.gzip.Gzip;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Submissions compressed with gzip, up to 1 MB compressed and decompressed. */
@ServiceTest("imageprocessor.api.max-request-bytes=1MB")
@SameOnAnyStorage
class CompressedSubmissionsTest {

    private static final int LIMIT = 1024 * 1024;
    private static final String JOB = """
            {"count": 1, "visits": [{"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""";
    private static final String TOO_LARGE = "{\"error\":\"the body is larger than " + LIMIT + " bytes\"}";

    @LocalServerPort
    int port;

    ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZip", "x-gzip", "identity, gzip", " ,gzip"})
    void decompressesGzip(String coding) throws IOException {
        assertThat(submit(gzip(JOB), coding).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", "identity, identity"})
    void readsPlainBodies(String coding) {
        assertThat(submit(JOB.getBytes(UTF_8), coding).statusCode()).isEqualTo(201);
    }

    @Test
    void acceptsDecompressedBodiesUpToTheLimit() throws IOException {
        assertThat(submit(gzip(JOB + " ".repeat(LIMIT - JOB.length())), "gzip").statusCode())
                .isEqualTo(201);

        HttpResponse<String> rejected = submit(gzip(JOB + " ".repeat(LIMIT - JOB.length() + 1)), "gzip");
        assertThat(rejected.statusCode()).isEqualTo(413);
        assertThat(rejected.body()).isEqualTo(TOO_LARGE);
    }

    @Test
    void rejectsABombWithoutReadingItsRest() throws IOException {
        byte[] bomb = gzip(" ".repeat(100 * LIMIT));
        assertThat(bomb.length).isLessThan(LIMIT / 4);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(head("Content-Length: " + bomb.length));
            out.write(bomb, 0, bomb.length / 10);
            out.flush();

            assertThat(socket.getInputStream().readNBytes("HTTP/1.1 413".length()))
                    .asString(US_ASCII)
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void rejectsCompressedBodiesOverTheLimitUnread() throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(head("Content-Length: " + (LIMIT + 1)));

            assertThat(socket.getInputStream().readNBytes("HTTP/1.1 413".length()))
                    .asString(US_ASCII)
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void rejectsEndlessMembersWithoutContent() throws IOException {
        byte[] members = emptyMembers(LIMIT + LIMIT / 2);
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(head("Transfer-Encoding: chunked"));
            out.write((Integer.toHexString(members.length) + "\r\n").getBytes(US_ASCII));
            out.write(members);
            out.write("\r\n0\r\n\r\n".getBytes(US_ASCII));
            out.flush();
            socket.shutdownOutput();

            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 413")
                    .contains(TOO_LARGE);
        }
    }

    @Test
    void rejectsTruncatedBodies() throws IOException {
        byte[] packed = gzip(JOB);

        HttpResponse<String> rejected = submit(Arrays.copyOf(packed, packed.length - 1), "gzip");

        assertThat(rejected.statusCode()).isEqualTo(400);
        assertThat(rejected.body()).isEqualTo("{\"error\":\"the gzip body is cut off\"}");
    }

    @Test
    void rejectsBodiesThatAreNotCompressed() {
        HttpResponse<String> rejected = submit(JOB.getBytes(UTF_8), "gzip");

        assertThat(rejected.statusCode()).isEqualTo(400);
        assertThat(rejected.body())
                .isEqualTo("{\"error\":\"the body is not the gzip that Content-Encoding says it is\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "gzip, br", "none", "gzip;q=1"})
    void rejectsOtherContentEncodings(String coding) throws IOException {
        HttpResponse<String> rejected = submit(gzip(JOB), coding);

        assertThat(rejected.statusCode()).isEqualTo(415);
        assertThat(rejected.body()).isEqualTo("{\"error\":\"Content-Encoding must be gzip or identity\"}");
        assertThat(rejected.headers().firstValue("Accept-Encoding")).contains("gzip");
    }

    private HttpResponse<String> submit(byte[] body, String coding) {
        return client.post("/api/submit", body, "Content-Type", "application/json", "Content-Encoding", coding);
    }

    private static byte[] head(String length) {
        return ("POST /api/submit HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nConnection: close\r\n" + length
                        + "\r\n\r\n")
                .getBytes(US_ASCII);
    }

    private static byte[] gzip(String text) {
        return Gzip.gzip(text.getBytes(UTF_8));
    }

    private static byte[] emptyMembers(int bytes) throws IOException {
        byte[] empty = gzip("");
        byte[] members = new byte[bytes];
        for (int start = 0; start <= bytes - empty.length; start += empty.length) {
            System.arraycopy(empty, 0, members, start, empty.length);
        }
        return members;
    }
}
