package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Security;
import org.junit.jupiter.api.Test;

class NameCacheTest {

    @Test
    void theJdkRemembersNoNames() {
        assertThatThrownBy(() ->
                        ImageProcessorApplication.main(new String[] {"--imageprocessor.store-master=/no/such.csv"}))
                .isNotNull();

        assertThat(Security.getProperty("networkaddress.cache.ttl")).isEqualTo("0");
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
    }
}
