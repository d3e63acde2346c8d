package io.imageprocessor.api;

import io.imageprocessor.job.JobId;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The HTTP interface.
 *
 * @param jobIdType how {@code job_id} is written in answers: as a JSON number, or as a string for clients that expect
 *     one.
 * @param maxRequestBytes largest body of a submission; a larger one is answered 413.
 */
@Validated
@ConfigurationProperties("imageprocessor.api")
public record ApiSettings(
        @DefaultValue("number") @NotNull JobIdType jobIdType,
        @DefaultValue("256MB") @NotNull DataSize maxRequestBytes) {

    @AssertTrue(message = "max-request-bytes must be greater than 0")
    boolean isMaxRequestBytesPositive() {
        return maxRequestBytes.toBytes() > 0;
    }

    /** The JSON type of {@code job_id}. */
    public enum JobIdType {
        NUMBER,
        STRING;

        /** The id as this type has Jackson write it. */
        public Object write(JobId id) {
            return this == NUMBER ? (Object) id.value() : id.toString();
        }
    }
}
