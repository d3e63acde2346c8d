package io.imageprocessor.api;

import io.imageprocessor.job.JobId;
import lombok.RequiredArgsConstructor;
import org.springframework.boot.jackson.JacksonComponent;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;

/** Writes a job id in the JSON type that {@code imageprocessor.api.job-id-type} names. Thread-safe. */
@JacksonComponent
@RequiredArgsConstructor
class JobIdSerializer extends ValueSerializer<JobId> {

    private final ApiSettings settings;

    @Override
    public void serialize(JobId id, JsonGenerator json, SerializationContext context) {
        switch (settings.jobIdType()) {
            case NUMBER -> json.writeNumber(id.value());
            case STRING -> json.writeString(id.toString());
        }
    }
}
