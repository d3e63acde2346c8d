package io.imageprocessor.api;

import io.imageprocessor.api.ApiSettings.JobIdType;
import io.imageprocessor.job.JobId;
import java.util.List;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Makes the JSON mapper of the API without a Spring context. */
public final class ApiJson {

    private ApiJson() {}

    public static JsonMapper mapper(JobIdType jobIdType) {
        ApiSettings settings = new ApiSettings(jobIdType, DataSize.ofMegabytes(1), List.of());
        return JsonMapper.builder()
                .addModule(new SimpleModule().addSerializer(JobId.class, new JobIdSerializer(settings)))
                .build();
    }
}
