package io.imageprocessor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;

/**
 * A test of the whole service over HTTP with a database of its own, which the test may damage. The service connects as
 * a role that owns nothing; the bean {@link ServiceDatabase} connects as a superuser.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@TestPropertySource(
        properties = {"imageprocessor.storage=postgres", "spring.lifecycle.timeout-per-shutdown-phase=100ms"})
@ContextConfiguration(initializers = ServiceDatabase.Initializer.class)
@DirtiesContext
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface OwnDatabase {}
