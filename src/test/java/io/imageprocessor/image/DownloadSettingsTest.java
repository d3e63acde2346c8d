package io.imageprocessor.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.DownloadSettings.PrivateNetworks;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class DownloadSettingsTest {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withUserConfiguration(Settings.class).withBean(ImageProbe.class);

    @EnableConfigurationProperties(DownloadSettings.class)
    static class Settings {}

    @Test
    void hasTheDocumentedDefaults() {
        context.run(started -> assertThat(started.getBean(DownloadSettings.class))
                .isEqualTo(new DownloadSettings(
                        256,
                        224,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        DataSize.ofMegabytes(64),
                        5,
                        3,
                        Mode.FULL,
                        PrivateNetworks.DENY,
                        Set.of(),
                        List.of(),
                        List.of(),
                        "")));
    }

    @Test
    void derivesThePerHostConcurrency() {
        assertThat(Probes.settings("concurrency", "64").perHostConcurrency()).isEqualTo(56);
        assertThat(Probes.settings("concurrency", "1").perHostConcurrency()).isEqualTo(1);
        assertThat(Probes.settings("concurrency", "64", "per-host-concurrency", "5")
                        .perHostConcurrency())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "concurrency=0",
                "per-host-concurrency=-1",
                "connect-timeout=0s",
                "read-timeout=-1s",
                "total-timeout=0",
                "total-timeout=400d",
                "max-bytes=0",
                "max-redirects=-1",
                "max-attempts=0",
                "mode=half",
                "private-networks=some",
                "allowed-ports=0",
                "allowed-ports=443,65536",
                "allowed-ports=http",
                "allowed-hosts=http://a.example",
                "allowed-hosts=a.example:80",
                "allowed-hosts=a.example,,b.example",
                "denied-hosts=*",
                "denied-hosts=*.*.example",
                "denied-hosts=a.*",
                "read-timeout=soon",
                "contact=two words",
                "contact=mailto:ops@example.org)",
                "contact=back\\slash",
                "contact=ops\r\nX-Injected: yes",
                "contact=\u00f6ps@example.org",
                "contact=\u007f"
            })
    void rejectsInvalidValuesAtStart(String property) {
        context.withPropertyValues("imageprocessor.download." + property)
                .run(failed -> assertThat(failed).hasFailed());
    }

    @Test
    void acceptsContactsUpTo200Characters() {
        String longest = "https://example.org/" + "c".repeat(180);

        context.withPropertyValues("imageprocessor.download.contact=" + longest)
                .run(started -> assertThat(
                                started.getBean(DownloadSettings.class).contact())
                        .isEqualTo(longest));
        context.withPropertyValues("imageprocessor.download.contact=" + longest + "c")
                .run(failed -> assertThat(failed).hasFailed());
    }

    @Test
    void readsModesInLowerCase() {
        assertThat(Probes.settings("mode", "header").mode()).isEqualTo(Mode.HEADER);
    }

    @Test
    void readsListsOfPortsAndHosts() {
        DownloadSettings settings = Probes.settings(
                "allowed-ports", "80, 443", "allowed-hosts[0]", "a.example", "allowed-hosts[1]", "*.b.example");

        assertThat(settings.allowedPorts()).containsExactlyInAnyOrder(80, 443);
        assertThat(settings.allowedHosts()).containsExactly("a.example", "*.b.example");
        assertThat(Probes.settings("allowed-ports", "", "denied-hosts", "")).isEqualTo(Probes.settings());
    }
}
