import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** The photos of the origins: JPEGs of noise, because noise makes it easy to reach a given file size. */
enum Photo {
    SMALL("10 KB", 10 * 1024),
    MEDIUM("100 KB", 100 * 1024),
    LARGE("1 MB", 1024 * 1024);

    private static final double TOLERANCE = 0.03;

    private final String label;
    private final int bytes;

    Photo(String label, int bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    String label() {
        return label;
    }

    /** Returns the path of the photo on every origin. */
    String path() {
        return "/p/" + label.replace(" ", "").toLowerCase() + ".jpg";
    }

    /** Writes every photo to its {@link #path()} below the given document root. */
    static void writeAll(Path documentRoot) throws IOException {
        ImageIO.setUseCache(false);
        for (Photo photo : values()) {
            Path file = documentRoot.resolve(photo.path().substring(1));
            Files.createDirectories(file.getParent());
            Files.write(file, photo.draw());
        }
    }

    /** Corrects the width until the size fits: the size of a JPEG of noise is proportional to its area. */
    private byte[] draw() throws IOException {
        double width = Math.sqrt(bytes);
        for (int attempt = 0; attempt < 20; attempt++) {
            byte[] jpeg = noise((int) Math.round(width));
            double ratio = (double) jpeg.length / bytes;
            if (Math.abs(ratio - 1) <= TOLERANCE) {
                return jpeg;
            }
            width /= Math.sqrt(ratio);
        }
        throw new BenchmarkFailure("could not draw a photo of " + label);
    }

    private static byte[] noise(int width) throws IOException {
        var image = new BufferedImage(width, width * 3 / 4, BufferedImage.TYPE_INT_RGB);
        var random = new Random(1);
        image.setRGB(
                0,
                0,
                image.getWidth(),
                image.getHeight(),
                random.ints((long) image.getWidth() * image.getHeight()).toArray(),
                0,
                image.getWidth());
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return bytes.toByteArray();
    }
}
