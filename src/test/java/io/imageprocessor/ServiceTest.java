package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.TestPropertySource;

/**
 * A test of the whole service over HTTP, on its own port. {@code ./mvnw verify} runs it with each storage, unless it is
 * {@link InMemoryOnly}; {@code ./mvnw test -Dtest=... -Dstorage=postgres} runs one with a database.
 */
@Tag("service")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
// Contexts close without waiting for images that a test has left.
@TestPropertySource(properties = "spring.lifecycle.timeout-per-shutdown-phase=100ms")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
public @interface ServiceTest {

    /** Settings of the service, as {@code name=value}. */
    @AliasFor(annotation = SpringBootTest.class, attribute = "properties")
    String[] value() default {};
}
