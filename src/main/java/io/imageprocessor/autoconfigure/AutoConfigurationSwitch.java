package io.imageprocessor.autoconfigure;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Leaves out the auto-configurations of the packages that the settings do not need, before any class of them is loaded.
 *
 * <p>Spring Boot finds the subclasses through {@code META-INF/spring.factories}. It creates one instance for each start
 * and calls it on one thread. The order is the highest, because the filters of Spring Boot load the classes that they
 * check.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public abstract class AutoConfigurationSwitch implements AutoConfigurationImportFilter, EnvironmentAware {

    private List<String> unneeded = List.of();

    /**
     * Returns the prefixes of the class names to leave out. It is called before any bean exists, so an exception for an
     * invalid setting is the only failure of the start.
     *
     * @param environment the complete settings
     */
    protected abstract List<String> unneededPrefixes(Environment environment);

    @Override
    public final void setEnvironment(Environment environment) {
        unneeded = unneededPrefixes(environment);
    }

    /** @param classNames null for each auto-configuration that an earlier filter has left out */
    @Override
    public final boolean[] match(@Nullable String[] classNames, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[classNames.length];
        for (int i = 0; i < matches.length; i++) {
            String className = Objects.requireNonNullElse(classNames[i], "");
            matches[i] = unneeded.stream().noneMatch(className::startsWith);
        }
        return matches;
    }
}
