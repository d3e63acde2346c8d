package io.imageprocessor.stores;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the store master.
 *
 * @param storeMaster Path of the store master, a CSV file; relative to the working directory. The service reads it at
 *     start, and does not start if the file is missing or malformed. It reads the file again some seconds after a
 *     change; if the file is missing or malformed then, the current stores stay in use.
 * @param storeMasterMaxBytes largest size of the store master; a larger file is rejected like a malformed one.
 */
@Validated
@ConfigurationProperties("imageprocessor")
public record StoreSettings(
        @NotBlank String storeMaster,
        @DefaultValue("64MB") @NotNull DataSize storeMasterMaxBytes) {

    @AssertTrue(message = "store-master-max-bytes must be greater than 0 and at most 1GB")
    boolean isStoreMasterMaxBytesInRange() {
        return storeMasterMaxBytes.toBytes() > 0 && storeMasterMaxBytes.toGigabytes() <= 1;
    }
}
