package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test class that {@code ./mvnw verify} runs in a JVM of its own: it measures the heap of its JVM, which services of
 * other tests would change meanwhile, or it needs the jar or most of the machine's cores.
 */
@Tag("own-process")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnProcess {}
