package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A {@link ServiceTest} of behaviour that does not depend on the storage: only {@code ./mvnw verify -Pfull} runs it
 * with a database.
 */
@Tag("same-on-any-storage")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface SameOnAnyStorage {}
