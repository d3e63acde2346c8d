package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.api.ApiSettings.JobIdType;
import io.imageprocessor.job.JobId;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobIdSerializerTest {

    private record Answer(JobId id, List<JobId> retries) {}

    @ParameterizedTest
    @CsvSource({
        "NUMBER, '{\"id\":9007199254740991,\"retries\":[1,2]}'",
        "STRING, '{\"id\":\"9007199254740991\",\"retries\":[\"1\",\"2\"]}'"
    })
    void writesJobIdsInTheConfiguredType(JobIdType type, String json) {
        Answer answer = new Answer(new JobId(JobId.MAX), List.of(new JobId(1), new JobId(2)));

        assertThat(ApiJson.mapper(type).writeValueAsString(answer)).isEqualTo(json);
    }
}
