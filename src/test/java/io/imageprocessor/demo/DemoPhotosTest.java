package io.imageprocessor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

class DemoPhotosTest {

    private static final Map<String, String> FORMATS = Map.of("jpg", "jpeg", "png", "png", "gif", "gif", "bmp", "bmp");

    static Stream<DemoPhotos.Photo> all() {
        return DemoPhotos.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void drawsEachPhotoInItsFormatAndSize(DemoPhotos.Photo photo) throws IOException {
        try (ImageInputStream file = ImageIO.createImageInputStream(new ByteArrayInputStream(photo.draw()))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(file);
            ImageReader reader = readers.next();
            reader.setInput(file);
            BufferedImage image = reader.read(0);

            String extension = photo.name().replaceFirst(".*\\.", "");
            assertThat(reader.getFormatName()).isEqualToIgnoringCase(FORMATS.get(extension));
            assertThat(image.getWidth()).isEqualTo(photo.width());
            assertThat(image.getHeight()).isEqualTo(photo.height());
            assertThat(countColours(image)).as("colours").isGreaterThan(50);
        }
    }

    @Test
    void hasAPhotoOfEachFormat() {
        assertThat(all().map(photo -> photo.name().replaceFirst(".*\\.", ""))).containsAll(FORMATS.keySet());
    }

    @Test
    void drawsTheSamePhotoForTheSameNameOnly() {
        DemoPhotos.Photo photo = new DemoPhotos.Photo("a.png", 200, 150);

        assertThat(photo.draw()).isEqualTo(photo.draw());
        assertThat(photo.draw()).isNotEqualTo(new DemoPhotos.Photo("b.png", 200, 150).draw());
    }

    @Test
    void servesOnlyItsPhotos() {
        DemoPhotos photos = new DemoPhotos();

        assertThat(photos.photo("cooler.gif").getHeaders().getContentType()).isEqualTo(MediaType.IMAGE_GIF);
        assertThat(photos.photo("aisle-9.jpg").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
    }

    private static long countColours(BufferedImage image) {
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        return Arrays.stream(pixels).distinct().count();
    }
}
