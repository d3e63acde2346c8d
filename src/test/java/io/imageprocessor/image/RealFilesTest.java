package io.imageprocessor.image;

import static io.imageprocessor.image.Origin.ascii;
import static io.imageprocessor.image.Origin.concat;
import static io.imageprocessor.image.Probes.failureOf;
import static io.imageprocessor.image.Probes.measure;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of cameras and programs, in both modes, with every framing of a body. */
class RealFilesTest {

    private static final String MODES = """
            full,   length
            full,   chunked
            full,   close
            header, length
            header, chunked
            header, close
            header, ranges
            """;

    @RegisterExtension
    final Downloads downloads = new Downloads();

    private Origin origin(byte[] file, String framing) {
        return downloads.from(connection -> {
            while (connection.readRequest()) {
                send(connection, file, framing);
                if (framing.equals("close")) {
                    connection.endOutput();
                    return;
                }
            }
        });
    }

    private static void send(Origin.Connection connection, byte[] file, String framing) throws IOException {
        switch (framing) {
            case "chunked" -> {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (int at = 0; at < file.length; at += 1000) {
                    byte[] chunk = Arrays.copyOfRange(file, at, Math.min(file.length, at + 1000));
                    connection.send(concat(ascii(Integer.toHexString(chunk.length) + "\r\n"), chunk));
                    connection.send("\r\n");
                }
                connection.send("0\r\n\r\n");
            }
            case "close" -> connection.send(concat(ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), file));
            case "ranges" -> {
                int length = Math.min(file.length, 65_536);
                connection.send(
                        connection.lastRequest().contains("Range: ")
                                ? concat(
                                        ascii("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-" + (length - 1)
                                                + "/" + file.length + "\r\nContent-Length: " + length + "\r\n\r\n"),
                                        Arrays.copyOf(file, length))
                                : Origin.ok(file));
            }
            default -> connection.send(Origin.ok(file));
        }
    }

    private ImageDimensions measured(byte[] file, String mode, String framing) throws ImageFailedException {
        return measure(downloads.probe("mode", mode), origin(file, framing).url())
                .dimensions();
    }

    private ImageFailure failure(byte[] file, String mode, String framing) {
        return failureOf(downloads.probe("mode", mode), origin(file, framing).url());
    }

    private static byte[] randomAfter(byte[] beginning, int length) {
        byte[] file = new byte[length];
        new Random(5).nextBytes(file);
        System.arraycopy(beginning, 0, file, 0, beginning.length);
        return file;
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void takesNoVideoForAWbmp(String mode, String framing) {
        byte[] video = randomAfter(new byte[] {0, 0, 1, 0x67, 0x4D, 0, 0x28}, 100_000);
        byte[] bytes = randomAfter(new byte[] {0, 0, 0x20, 0x20}, 1000);

        assertThat(failure(video, mode, framing)).isEqualTo(new NotAnImage("the body is not an image"));
        assertThat(failure(bytes, mode, framing)).isEqualTo(new NotAnImage("the body is not an image"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void takesNoSpreadsheetForACursor(String mode, String framing) {
        byte[] lotus = randomAfter(new byte[] {0, 0, 2, 0, 6, 4, 6, 0, 8, 0, 0, 0, 0, 0, 5, 0, 0x20, 0}, 20_000);

        assertThat(failure(lotus, mode, framing)).isEqualTo(new NotAnImage("the body is not an image"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void measuresAJpegWithFillBytesBehindIt(String mode, String framing) throws Exception {
        byte[] fill = new byte[4095];
        Arrays.fill(fill, (byte) 0xFF);

        assertThat(measured(concat(Photos.jpeg(60, 40), fill), mode, framing))
                .isEqualTo(new ImageDimensions(60, 40, "jpeg"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void measuresARawPhotoWhoseDirectoryIsBehindItsPreview(String mode, String framing) throws Exception {
        assertThat(measured(rawPhoto(200_000), mode, framing)).isEqualTo(new ImageDimensions(4608, 3072, "tiff"));
        assertThat(measured(rawPhoto(1000), mode, framing)).isEqualTo(new ImageDimensions(4608, 3072, "tiff"));
    }

    /** Creates a NEF: a thumbnail in the first directory, and the photo in a subdirectory. */
    private static byte[] rawPhoto(int directoryAt) {
        ByteBuffer file = ByteBuffer.allocate(directoryAt + 5000).order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("II*\0")).putInt(8).putShort((short) 4);
        field(file, 254, 1);
        field(file, 256, 160);
        field(file, 257, 120);
        field(file, 330, directoryAt);
        file.position(directoryAt).putShort((short) 3);
        field(file, 254, 0);
        field(file, 256, 4608);
        field(file, 257, 3072);
        return file.array();
    }

    private static void field(ByteBuffer file, int tag, int value) {
        file.putShort((short) tag).putShort((short) 4).putInt(1).putInt(value);
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void measuresAGifWithoutAScreen(String mode, String framing) throws Exception {
        byte[] gif = Photos.photo("gif", 60, 40);
        Arrays.fill(gif, 6, 10, (byte) 0);

        assertThat(measured(gif, mode, framing)).isEqualTo(new ImageDimensions(60, 40, "gif"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void measuresAWbmpAndABitmapOfOs2(String mode, String framing) throws Exception {
        byte[] bmp = Photos.photo("bmp", 60, 40);
        bmp[14] = 24;

        assertThat(measured(Photos.photo("wbmp", 600, 4000), mode, framing))
                .isEqualTo(new ImageDimensions(600, 4000, "wbmp"));
        assertThat(measured(bmp, mode, framing)).isEqualTo(new ImageDimensions(60, 40, "bmp"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = MODES)
    void namesAnUnsupportedRawPhoto(String mode, String framing) {
        byte[] photo = randomAfter(concat(new byte[] {0, 0, 0, 24}, ascii("ftypcrx \0\0\0\1crx isom")), 100_000);

        assertThat(failure(photo, mode, framing)).isEqualTo(new UnsupportedFormat("CR3 is not supported"));
    }
}
