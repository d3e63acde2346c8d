package io.imageprocessor;

import java.util.random.RandomGenerator;

/**
 * The number of attempts of random tests, and their seed. {@code ./mvnw verify} makes few attempts with a fixed seed;
 * {@code ./mvnw verify -Pfull} makes many with a new seed, which it prints. {@code -Dseed=} repeats a run.
 */
public final class Proofs {

    private static final boolean FULL = "full".equals(System.getProperty("proofs"));

    private Proofs() {}

    /** Returns the system property of this name if it is set, otherwise the number of the build's profile. */
    public static int count(String property, int quick, int full) {
        return Integer.getInteger(property, FULL ? full : quick);
    }

    /** Returns the first seed of a test, and prints it with the number of attempts. */
    public static long seed(String test, int attempts) {
        long seed = Long.getLong("seed", FULL ? RandomGenerator.getDefault().nextInt() : 0);
        System.out.println("%s: seed %d, %d attempts".formatted(test, seed, attempts));
        return seed;
    }
}
