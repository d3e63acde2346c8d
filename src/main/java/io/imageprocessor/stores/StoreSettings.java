package io.imageprocessor.stores;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the store master.
 *
 * @param storeMaster Path of the store master, a CSV file; relative to the working directory. The service reads it at
 *     start, and does not start if the file is missing or malformed. It reads the file again some seconds after a
 *     change; if the file is missing or malformed then, the current stores stay in use.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StoreSettings(@NotBlank String storeMaster) {}
