package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Marks a {@link ServiceTest} that applies only to the in-memory storage. */
@Tag("in-memory-only")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface InMemoryOnly {

    /** Returns the reason why the test does not run with a database. */
    String value();
}
