package io.imageprocessor.store;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where the stores come from.
 *
 * @param storeMaster Path of the store master, a CSV file that is read once at start; a relative path counts from the
 *     working directory, and a file that is missing or malformed stops the start.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StoreSettings(@NotBlank String storeMaster) {}
