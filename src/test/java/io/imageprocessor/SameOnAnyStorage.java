package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks a {@link ServiceTest} of behaviour that does not depend on the storage. Only {@code ./mvnw verify -Pfull} runs
 * it with a database.
 */
@Tag("same-on-any-storage")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface SameOnAnyStorage {}
