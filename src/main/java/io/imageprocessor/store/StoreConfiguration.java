package io.imageprocessor.store;

import lombok.extern.slf4j.Slf4j;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Loads the store master once, at start. */
@Slf4j
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    @Bean
    StoreMaster storeMaster(StoreSettings settings) {
        return new StoreMaster(() -> {
            StoreRegistry registry = new StoreRegistry(StoreMasterCsv.load(settings.storeMaster()));
            log.info("Loaded {} stores from {}", registry.size(), settings.storeMaster());
            return registry;
        });
    }
}
