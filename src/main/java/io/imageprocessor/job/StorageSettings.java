package io.imageprocessor.job;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.validation.annotation.Validated;

/**
 * Where jobs are kept.
 *
 * @param storage memory keeps jobs in this process, and they are gone with it. postgres keeps them in the database of
 *     spring.datasource.url, where they survive and are shared by all replicas.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StorageSettings(
        @DefaultValue("memory") @NotNull Storage storage) {

    private static final String NAME = "imageprocessor.storage";

    /** Reads the setting before there are any beans, whose conditions want it written as it is here. */
    public static Storage storage(Environment environment) {
        Storage storage = Binder.get(environment).bind(NAME, Storage.class).orElse(Storage.MEMORY);
        String written = environment.getProperty(NAME, storage.name());
        if (!storage.name().equalsIgnoreCase(written)) {
            throw new InvalidConfigurationPropertyValueException(NAME, written, "must be memory or postgres");
        }
        return storage;
    }

    /** The kinds of storage there are. */
    public enum Storage {
        MEMORY,
        POSTGRES
    }
}
