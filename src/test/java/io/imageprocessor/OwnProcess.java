package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks a test class that {@code ./mvnw verify} runs in a separate JVM. It measures the heap, which other tests in the
 * same JVM would change, or it needs the jar or most of the machine's cores.
 */
@Tag("own-process")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnProcess {}
