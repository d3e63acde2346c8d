package io.imageprocessor.postgres;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.TestPropertySourceUtils;

/**
 * Gives every context of a {@link SpringBootTest} its own database if the system property {@code storage} is
 * {@code postgres}. All instances are equal, so that tests share contexts. Spring finds the factory through
 * {@code META-INF/spring.factories}.
 */
public record PostgresStorage() implements ContextCustomizer {

    /** All cached contexts share the connections and the time of one PostgreSQL. */
    private static final String[] SMALL_POOLS = {
        "spring.datasource.hikari.minimum-idle=1",
        "spring.datasource.hikari.maximum-pool-size=8",
        // Work is claimed at once where it is submitted: asking more often only costs time of the machine.
        "db-scheduler.polling-interval=1s"
    };

    public static final class Factory implements ContextCustomizerFactory {

        @Override
        public @Nullable ContextCustomizer createContextCustomizer(
                Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
            return "postgres".equals(System.getProperty("storage"))
                            && TestContextAnnotationUtils.hasAnnotation(testClass, SpringBootTest.class)
                    ? new PostgresStorage()
                    : null;
        }
    }

    @Override
    public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
        TestPropertySourceUtils.addInlinedPropertiesToEnvironment(context, SMALL_POOLS);
        TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                context, "imageprocessor.storage=postgres", "spring.datasource.url=" + TestDatabase.create());
    }
}
