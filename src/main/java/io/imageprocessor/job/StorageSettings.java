package io.imageprocessor.job;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.validation.annotation.Validated;

/**
 * Selects where jobs are stored.
 *
 * @param storage memory stores jobs in this process; they are lost when it ends. postgres stores them in the database
 *     of spring.datasource.url, where they survive restarts and are shared by all replicas.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StorageSettings(
        @DefaultValue("memory") @NotNull Storage storage) {

    private static final String NAME = "imageprocessor.storage";

    /** Reads the setting before beans exist. Rejects other spellings, which the conditions of beans would not match. */
    public static Storage storage(Environment environment) {
        Storage storage = Binder.get(environment).bind(NAME, Storage.class).orElse(Storage.MEMORY);
        String written = environment.getProperty(NAME, storage.name());
        if (!storage.name().equalsIgnoreCase(written)) {
            throw new InvalidConfigurationPropertyValueException(NAME, written, "must be memory or postgres");
        }
        return storage;
    }

    /** The storages. */
    public enum Storage {
        MEMORY,
        POSTGRES
    }
}
