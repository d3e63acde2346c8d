package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

class ConnectionLimitsTest {

    @ParameterizedTest
    @CsvSource({
        "1, 64, 48",
        "128, 170, 126",
        "256, 512, 384",
        "512, 1194, 894",
        "1024, 2560, 1920",
        "4096, 8192, 4000",
        "64000, 8192, 4000"
    })
    void limitsConnectionsByTheHeap(int megabytes, int connections, int held) {
        assertThat(ConnectionLimits.ofHeap(DataSize.ofMegabytes(megabytes).toBytes()))
                .isEqualTo(new ConnectionLimits(connections, held));
    }
}
