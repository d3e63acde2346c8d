package io.imageprocessor.demo;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws the front of a shop shelf. The same size and seed give the same image. Needs no screen and no font. */
final class ShelfPainter {

    private static final Color RED = new Color(0xC8372D);
    private static final Color CREAM = new Color(0xF7F1E3);
    private static final List<Color> COLOURS =
            colours(0xC8372D, 0xE07B27, 0xE9B93A, 0x4E9A4A, 0x1F7A6C, 0x2F6DB5, 0x26407E, 0x7A3F8F, 0xB5376F, 0x7B4A2B);
    private static final List<Color> LABELS = colours(0xF7F1E3, 0xFFE9A8, 0xE4F0F5, 0xF6D9D2, 0x2B2B33);
    private static final List<Pack> PACKS = List.of(Pack.values());
    private static final Color STEEL = new Color(0x8C939B);
    private static final Color BOARD = new Color(0xE6E3DC);

    private final Graphics2D g;
    private final Random random;
    private final int width;
    private final int height;

    private ShelfPainter(Graphics2D g, Random random, int width, int height) {
        this.g = g;
        this.random = random;
        this.width = width;
        this.height = height;
    }

    static BufferedImage paint(int width, int height, long seed) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        new ShelfPainter(g, new Random(seed), width, height).paint();
        g.dispose();
        return image;
    }

    private void paint() {
        Color aisle = oneOf(COLOURS);
        double sign = height * 0.07;
        int shelves = Math.max(2, (int) Math.round(height / (Math.min(width, height) / 3.6)));
        double shelf = (height - sign) / shelves;
        for (int i = 0; i < shelves; i++) {
            paintShelf(sign + i * shelf, shelf);
        }
        paintSign(sign, aisle);
        double post = Math.max(4, width * 0.012);
        Pack.round(g, new Rectangle2D.Double(0, sign, post, height), STEEL, 0, post);
        Pack.round(g, new Rectangle2D.Double(width - post, sign, post, height), STEEL, width - post, post);
    }

    private void paintSign(double h, Color aisle) {
        gradient(0, h, aisle, Pack.shade(aisle, 0.75));
        Pack.fill(g, new Rectangle2D.Double(0, h * 0.88, width, h * 0.12), Pack.shade(aisle, 1.4));
        for (double x = width * 0.06; x < width * 0.94; x += h * 2.2) {
            Pack.fill(g, new Ellipse2D.Double(x, h * 0.25, h * 0.4, h * 0.4), CREAM);
            Pack.fill(g, new RoundRectangle2D.Double(x + h * 0.6, h * 0.38, h, h * 0.14, 4, 4), CREAM);
        }
    }

    /** Draws back panel, packs, board with price tags, and the shadow of the board above. */
    private void paintShelf(double top, double h) {
        double board = h * 0.15;
        double floor = top + h - board;
        gradient(top, h, new Color(0xB9B4AA), new Color(0xD8D4CA));
        Pack.fill(g, new Rectangle2D.Double(0, floor - h * 0.03, width, h * 0.03), new Color(0xA9A398));
        gradient(floor, board, Pack.shade(BOARD, 1.08), Pack.shade(BOARD, 0.84));
        Pack.fill(g, new Rectangle2D.Double(0, floor + board * 0.88, width, board * 0.12), STEEL);

        double x = width * 0.02;
        while (x < width * 0.97) {
            x = paintProduct(x, floor, h - board, board);
        }
        gradient(top, h * 0.22, new Color(0, 0, 0, 90), new Color(0, 0, 0, 0));
    }

    /** Draws packs of one product side by side; returns the x of the next product. */
    private double paintProduct(double left, double floor, double space, double board) {
        Pack pack = oneOf(PACKS);
        Color colour = oneOf(COLOURS);
        Color label = oneOf(LABELS);
        double h = space * pack.height * (0.80 + 0.15 * random.nextDouble());
        double w = h * pack.aspect;
        int facings = 2 + random.nextInt(4);
        boolean sold = random.nextInt(5) == 0;
        double x = left;
        for (int i = 0; i < facings && x + w < width * 0.985; i++, x += w * 1.05) {
            if (sold && i == facings - 1) {
                continue;
            }
            Pack.fill(g, new Ellipse2D.Double(x - w * 0.04, floor - h * 0.02, w * 1.12, h * 0.05), new Color(0x6B665D));
            pack.draw(g, x, floor - h, w, h, colour, label);
        }
        if (x > left) {
            paintTag((left + x) / 2, floor + board * 0.12, board * 0.66);
        }
        return x + w * (x > left ? 0.18 : 1);
    }

    private void paintTag(double centre, double y, double h) {
        boolean offer = random.nextInt(4) == 0;
        double w = h * 1.9;
        double x = centre - w / 2;
        Color ink = offer ? CREAM : new Color(0x33363B);
        Pack.fill(g, new RoundRectangle2D.Double(x, y, w, h, h * 0.2, h * 0.2), offer ? RED : Color.WHITE);
        Pack.fill(g, new Rectangle2D.Double(x + w * 0.10, y + h * 0.20, w * 0.42, h * 0.14), ink);
        Pack.fill(g, new Rectangle2D.Double(x + w * 0.10, y + h * 0.46, w * 0.30, h * 0.10), ink);
        Pack.fill(g, new Rectangle2D.Double(x + w * 0.60, y + h * 0.24, w * 0.28, h * 0.52), ink);
        for (int bar = 0; bar < 5; bar++) {
            Pack.fill(g, new Rectangle2D.Double(x + w * (0.10 + 0.07 * bar), y + h * 0.68, w * 0.03, h * 0.18), ink);
        }
    }

    private void gradient(double y, double h, Color above, Color below) {
        g.setPaint(new GradientPaint(0, (float) y, above, 0, (float) (y + h), below));
        g.fill(new Rectangle2D.Double(0, y, width, h));
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static List<Color> colours(int... rgb) {
        return IntStream.of(rgb).mapToObj(Color::new).toList();
    }
}
