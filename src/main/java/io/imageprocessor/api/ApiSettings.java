package io.imageprocessor.api;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the HTTP interface.
 *
 * @param jobIdType JSON type of {@code job_id} in responses: a number, or a string for clients that expect one.
 * @param maxRequestBytes largest body of a submission; a larger body is answered 413.
 * @param allowedOrigins origins, such as {@code https://tools.example}, whose pages may call the service from a
 *     browser.
 */
@Validated
@ConfigurationProperties("imageprocessor.api")
public record ApiSettings(
        @DefaultValue("number") @NotNull JobIdType jobIdType,
        @DefaultValue("256MB") @NotNull DataSize maxRequestBytes,

        @DefaultValue
        List<@Pattern(regexp = ORIGIN, message = "must be origins such as https://tools.example") String>
                allowedOrigins) {

    private static final String ORIGIN = "https?://[^/?#@\\s]+";

    @AssertTrue(message = "max-request-bytes must be greater than 0")
    boolean isMaxRequestBytesPositive() {
        return maxRequestBytes.toBytes() > 0;
    }

    /** JSON types of {@code job_id}. */
    public enum JobIdType {
        NUMBER,
        STRING
    }
}
