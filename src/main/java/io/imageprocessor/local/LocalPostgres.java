package io.imageprocessor.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;
import org.springframework.util.ClassUtils;

/**
 * Starts a local database in the profile {@code local-postgres} and sets {@code spring.datasource.url} to it.
 *
 * <p>The database starts before all beans and stops after all of them. Spring Boot finds this class through
 * {@code META-INF/spring.factories}.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class LocalPostgres implements ApplicationContextInitializer<GenericApplicationContext> {

    private static final String PROFILE = "local-postgres";
    private static final String URL = "spring.datasource.url";
    private static final String STORAGE = "imageprocessor.storage";
    private static final String BINARIES = "io.zonky.test.db.postgres.embedded.EmbeddedPostgres";

    @Override
    public void initialize(GenericApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (!environment.acceptsProfiles(Profiles.of(PROFILE))) {
            return;
        }
        rejectOtherStorage(environment);
        if (!ClassUtils.isPresent(BINARIES, context.getClassLoader())) {
            throw new InvalidConfigurationPropertyValueException(
                    "spring.profiles.active",
                    PROFILE,
                    "cannot be %s: the jar does not contain PostgreSQL;".formatted(PROFILE)
                            + " use ./mvnw spring-boot:run, or your own server with imageprocessor.storage=postgres");
        }
        Path folder = Binder.get(environment)
                .bindOrCreate("imageprocessor.local-postgres", LocalPostgresSettings.class)
                .folder();
        try {
            LocalPostgresServer server = LocalPostgresServer.start(folder);
            DefaultListableBeanFactory beans = context.getDefaultListableBeanFactory();
            // Disposable beans are destroyed in reverse order, so this one is the last.
            beans.registerDisposableBean("localPostgres", server::stop);
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            PROFILE,
                            Map.of(
                                    URL,
                                    server.url(),
                                    "spring.datasource.username",
                                    LocalPostgresServer.USER,
                                    "spring.datasource.password",
                                    server.password())));
        } catch (IOException | RuntimeException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "imageprocessor.local-postgres.folder",
                    folder,
                    "is %s, but no database can start there: %s".formatted(folder, e.getMessage()));
        }
    }

    private static void rejectOtherStorage(ConfigurableEnvironment environment) {
        if (environment.containsProperty(URL)) {
            throw new InvalidConfigurationPropertyValueException(
                    URL,
                    // The URL may contain a password.
                    null,
                    "cannot be set in the profile %s, which starts its own database".formatted(PROFILE));
        }
        String storage = environment.getProperty(STORAGE);
        if (!"postgres".equals(storage)) {
            throw new InvalidConfigurationPropertyValueException(
                    STORAGE, storage, "cannot be %s in the profile %s".formatted(storage, PROFILE));
        }
    }
}
