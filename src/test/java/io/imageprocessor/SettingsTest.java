package io.imageprocessor;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.gpu.GpuSettings;
import io.imageprocessor.job.JobSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** Names and defaults of the settings are a contract with operators. */
class SettingsTest {

    private final ApplicationContextRunner service =
            new ApplicationContextRunner().withUserConfiguration(AllSettings.class);

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties
    @ConfigurationPropertiesScan("io.imageprocessor")
    static class AllSettings {}

    @Test
    void settingsHaveTheDocumentedDefaults() {
        service.withPropertyValues("imageprocessor.store-master=any").run(context -> {
            assertThat(context.getBean(GpuSettings.class))
                    .isEqualTo(new GpuSettings(256, Duration.ofMillis(100), Duration.ofMillis(400)));
            assertThat(context.getBean(JobSettings.class))
                    .isEqualTo(new JobSettings(1_000_000, 2_000_000, Duration.ofHours(24), 2_000_000));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "imageprocessor.gpu.slots, 0",
        "imageprocessor.gpu.min-time, -1ms",
        "imageprocessor.gpu.max-time, 99ms",
        "imageprocessor.download.concurrency, 0",
        "imageprocessor.download.connect-timeout, 0s",
        "imageprocessor.download.max-attempts, 0",
        "imageprocessor.download.max-bytes, 0B",
        "imageprocessor.download.mode, partial",
        "imageprocessor.download.private-networks, maybe",
        "imageprocessor.download.contact, call me",
        "imageprocessor.jobs.max-images-per-job, 0",
        "imageprocessor.jobs.max-pending-images, many",
        "imageprocessor.jobs.retention, 0s",
        "imageprocessor.jobs.max-retained-images, -1",
        "imageprocessor.api.job-id-type, uuid",
        "imageprocessor.api.max-request-bytes, 0B",
        "imageprocessor.storage, disk"
    })
    void invalidValuesPreventTheStart(String name, String value) {
        service.withPropertyValues("imageprocessor.store-master=any", name + "=" + value)
                .run(context -> assertThat(context).hasFailed());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "imageprocessor.gpu.slots",
                "imageprocessor.gpu.min-time",
                "imageprocessor.download.per-host-concurrency",
                "imageprocessor.download.total-timeout",
                "imageprocessor.download.allowed-ports",
                "imageprocessor.download.allowed-hosts",
                "imageprocessor.download.denied-hosts",
                "imageprocessor.download.contact",
                "imageprocessor.jobs.max-retained-images",
                "imageprocessor.api.job-id-type",
                "imageprocessor.storage",
                "imageprocessor.store-master"
            })
    void settingsHaveDescriptionsForIdes(String name) throws Exception {
        // The settings of the tests have such a file too.
        String json = Collections.list(
                        SettingsTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))
                .stream()
                .map(SettingsTest::text)
                .collect(Collectors.joining());

        int entry = json.indexOf("\"name\": \"" + name + "\"");
        assertThat(entry).as("entry of %s", name).isNotNegative();
        assertThat(json.substring(entry, json.indexOf('}', entry))).contains("\"description\": \"");
    }

    private static String text(URL resource) {
        try (InputStream in = resource.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
