package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class StoreConfigurationTest {

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withUserConfiguration(Stores.class);

    @TempDir
    Path folder;

    @Test
    void loadsTheShippedStoreMasterByDefault() {
        service.run(context -> assertThat(
                        context.getBean(StoreMaster.class).current().find("S00339218"))
                .isPresent());
    }

    @Test
    void loadsTheFileOfStoreMasterPath() throws IOException {
        Path file = Files.writeString(folder.resolve("ours.csv"), "store_id,store_name,area_code\nS1,Ours,71001\n");
        service.withPropertyValues("STORE_MASTER_PATH=" + file)
                .run(context -> assertThat(
                                context.getBean(StoreMaster.class).current().find("S1"))
                        .contains(new Store("S1", "Ours", "71001")));
    }

    @Test
    void doesNotStartWithAnInvalidFile() {
        service.withPropertyValues("STORE_MASTER_PATH=" + folder)
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(StoreMasterException.class)
                        .hasRootCauseMessage(folder + ": a directory, not a file"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(StoreSettings.class)
    @Import(StoreConfiguration.class)
    static class Stores {}
}
