package io.imageprocessor;

import java.util.random.RandomGenerator;

/**
 * How far the random tests look: {@code ./mvnw verify} makes few attempts from a fixed seed, {@code ./mvnw verify
 * -Pfull} makes many from a new seed and prints it. {@code -Dseed=} repeats a run.
 */
public final class Proofs {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));

    private Proofs() {}

    /** The number of attempts: the system property of this name if it is set, otherwise by the build's profile. */
    public static int count(String property, int quick, int full) {
        return Integer.getInteger(property, FULL ? full : quick);
    }

    /** The first seed of a test, which prints it together with the number of its attempts. */
    public static long seed(String test, int attempts) {
        long seed = Long.getLong("seed", FULL ? RandomGenerator.getDefault().nextInt() : 0);
        System.out.println("%s: seed %d, %d attempts".formatted(test, seed, attempts));
        return seed;
    }
}
