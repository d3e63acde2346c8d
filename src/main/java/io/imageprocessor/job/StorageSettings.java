package io.imageprocessor.job;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where jobs are kept.
 *
 * @param storage memory keeps jobs in this process, and they are gone with it. postgres keeps them in the database of
 *     spring.datasource.url, where they survive and are shared by all replicas.
 */
@Validated
@ConfigurationProperties("imageprocessor")
record StorageSettings(@DefaultValue("memory") @NotNull Storage storage) {

    /** The kinds of storage there are. */
    enum Storage {
        MEMORY,
        POSTGRES
    }
}
