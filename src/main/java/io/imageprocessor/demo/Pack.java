package io.imageprocessor.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;

/** A product on a shelf, drawn into a rectangle with the upper left corner {@code x, y}. */
enum Pack {
    CARTON(0.70, 0.92) {
        @Override
        void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label) {
            fill(g, new Rectangle2D.Double(x, y, w, h), colour);
            fill(g, new Rectangle2D.Double(x + w * 0.88, y, w * 0.12, h), shade(colour, 0.72));
            fill(g, new Rectangle2D.Double(x, y, w, h * 0.05), shade(colour, 1.25));
            fill(g, new Ellipse2D.Double(x + w * 0.12, y + h * 0.20, w * 0.64, h * 0.36), label);
            fill(g, new Ellipse2D.Double(x + w * 0.28, y + h * 0.27, w * 0.32, h * 0.20), shade(colour, 0.85));
            fill(g, new Rectangle2D.Double(x + w * 0.14, y + h * 0.66, w * 0.60, h * 0.05), label);
            fill(g, new Rectangle2D.Double(x + w * 0.14, y + h * 0.76, w * 0.42, h * 0.04), label);
        }
    },
    CAN(0.58, 0.60) {
        @Override
        void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label) {
            round(g, new RoundRectangle2D.Double(x, y + h * 0.03, w, h * 0.97, w * 0.25, h * 0.10), METAL, x, w);
            round(g, new Rectangle2D.Double(x, y + h * 0.11, w, h * 0.79), colour, x, w);
            round(g, new Rectangle2D.Double(x, y + h * 0.36, w, h * 0.28), label, x, w);
            fill(g, new Ellipse2D.Double(x + w * 0.36, y + h * 0.41, w * 0.28, h * 0.18), shade(colour, 0.9));
            fill(g, new Ellipse2D.Double(x + w * 0.04, y, w * 0.92, h * 0.10), shade(METAL, 1.12));
        }
    },
    BOTTLE(0.30, 0.95) {
        @Override
        void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label) {
            Path2D glass = new Path2D.Double();
            glass.moveTo(x + w * 0.36, y + h * 0.06);
            glass.lineTo(x + w * 0.36, y + h * 0.22);
            glass.curveTo(x + w * 0.34, y + h * 0.34, x, y + h * 0.32, x, y + h * 0.46);
            glass.lineTo(x, y + h * 0.97);
            glass.quadTo(x, y + h, x + w * 0.10, y + h);
            glass.lineTo(x + w * 0.90, y + h);
            glass.quadTo(x + w, y + h, x + w, y + h * 0.97);
            glass.lineTo(x + w, y + h * 0.46);
            glass.curveTo(x + w, y + h * 0.32, x + w * 0.66, y + h * 0.34, x + w * 0.64, y + h * 0.22);
            glass.lineTo(x + w * 0.64, y + h * 0.06);
            glass.closePath();
            round(g, glass, colour, x, w);
            round(g, new Rectangle2D.Double(x, y + h * 0.55, w, h * 0.28), label, x, w);
            fill(g, new Rectangle2D.Double(x + w * 0.2, y + h * 0.66, w * 0.6, h * 0.04), shade(colour, 0.8));
            round(g, new Rectangle2D.Double(x + w * 0.32, y, w * 0.36, h * 0.08), shade(label, 0.8), x, w);
        }
    },
    JAR(0.66, 0.66) {
        @Override
        void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label) {
            round(g, new RoundRectangle2D.Double(x, y + h * 0.12, w, h * 0.88, w * 0.3, h * 0.2), colour, x, w);
            round(g, new Rectangle2D.Double(x, y + h * 0.42, w, h * 0.36), label, x, w);
            fill(g, new Rectangle2D.Double(x + w * 0.22, y + h * 0.50, w * 0.56, h * 0.07), shade(colour, 0.8));
            fill(g, new Rectangle2D.Double(x + w * 0.30, y + h * 0.63, w * 0.40, h * 0.05), shade(colour, 0.8));
            round(g, new RoundRectangle2D.Double(x + w * 0.06, y, w * 0.88, h * 0.17, 6, 6), shade(label, 0.7), x, w);
        }
    },
    BAG(0.74, 0.84) {
        @Override
        void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label) {
            Path2D foil = new Path2D.Double();
            foil.moveTo(x + w * 0.04, y);
            foil.lineTo(x + w * 0.96, y);
            foil.curveTo(x + w * 0.90, y + h * 0.3, x + w, y + h * 0.6, x + w, y + h);
            foil.lineTo(x, y + h);
            foil.curveTo(x, y + h * 0.6, x + w * 0.10, y + h * 0.3, x + w * 0.04, y);
            foil.closePath();
            round(g, foil, colour, x, w);
            fill(g, new Rectangle2D.Double(x + w * 0.05, y, w * 0.90, h * 0.06), shade(colour, 0.7));
            fill(g, new Ellipse2D.Double(x + w * 0.18, y + h * 0.24, w * 0.64, h * 0.26), label);
            fill(g, new Ellipse2D.Double(x + w * 0.24, y + h * 0.62, w * 0.24, h * 0.14), shade(colour, 1.35));
            fill(g, new Ellipse2D.Double(x + w * 0.50, y + h * 0.68, w * 0.26, h * 0.14), shade(colour, 1.35));
        }
    };

    private static final Color METAL = new Color(0xC9CDD2);

    /** Width over height. */
    final double aspect;

    /** Maximum fraction of the height between two shelves. */
    final double height;

    Pack(double aspect, double height) {
        this.aspect = aspect;
        this.height = height;
    }

    abstract void draw(Graphics2D g, double x, double y, double w, double h, Color colour, Color label);

    static void fill(Graphics2D g, Shape shape, Color colour) {
        g.setPaint(colour);
        g.fill(shape);
    }

    /** Fills the shape like a round body with light from the left. */
    static void round(Graphics2D g, Shape shape, Color colour, double x, double w) {
        g.setPaint(new LinearGradientPaint(
                (float) x, 0, (float) (x + w), 0, new float[] {0, 0.28f, 0.62f, 1}, new Color[] {
                    shade(colour, 0.78), shade(colour, 1.28), colour, shade(colour, 0.58)
                }));
        g.fill(shape);
    }

    static Color shade(Color colour, double factor) {
        return new Color(
                (int) Math.min(255, colour.getRed() * factor), (int) Math.min(255, colour.getGreen() * factor), (int)
                        Math.min(255, colour.getBlue() * factor));
    }
}
