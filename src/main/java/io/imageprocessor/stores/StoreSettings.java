package io.imageprocessor.stores;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where the stores come from.
 *
 * @param storeMaster Path of the store master, a CSV file; a relative path counts from the working directory. It is
 *     read at start, which a file that is missing or malformed stops, and again some seconds after it has changed; if
 *     it is missing or malformed then, the stores stay as they are.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StoreSettings(@NotBlank String storeMaster) {}
