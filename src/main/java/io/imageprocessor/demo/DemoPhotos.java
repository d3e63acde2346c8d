package io.imageprocessor.demo;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.springframework.context.annotation.Profile;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the sample photos, which are drawn once at start. Other names get 404. */
@RestController
@Profile("demo")
class DemoPhotos {

    static final String PATH = "/demo/photos/";

    static final List<Photo> ALL = List.of(
            new Photo("aisle-1.jpg", 1600, 1200),
            new Photo("aisle-2.jpg", 1200, 1600),
            new Photo("promotion.jpg", 1024, 768),
            new Photo("snacks.png", 1280, 480),
            new Photo("end-cap.png", 480, 960),
            new Photo("cooler.gif", 640, 400),
            new Photo("checkout.gif", 320, 240),
            new Photo("storeroom.bmp", 400, 300));

    /**
     * A sample photo.
     *
     * @param name file name; its extension is the format
     * @param width in pixels
     * @param height in pixels
     */
    record Photo(String name, int width, int height) {

        byte[] draw() {
            String format = name.substring(name.lastIndexOf('.') + 1);
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            // By default ImageIO would use a temporary file.
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
                if (!ImageIO.write(ShelfPainter.paint(width, height, name.hashCode()), format, out)) {
                    throw new IllegalStateException("this Java runtime cannot write " + format);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return file.toByteArray();
        }
    }

    private final Map<String, byte[]> files = ALL.parallelStream().collect(toUnmodifiableMap(Photo::name, Photo::draw));

    @GetMapping(PATH + "{name}")
    ResponseEntity<byte[]> photo(@PathVariable String name) {
        byte[] file = files.get(name);
        if (file == null) {
            return ResponseEntity.notFound().build();
        }
        return ResponseEntity.ok()
                .contentType(MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM))
                .body(file);
    }
}
