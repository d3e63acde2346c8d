package io.imageprocessor.stores;

import lombok.extern.slf4j.Slf4j;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Loads the store master at start, and reloads it when its file has changed. */
@Slf4j
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

    @Bean
    StoreMasterFile storeMasterFile(StoreSettings settings) {
        return new StoreMasterFile(settings.storeMaster(), StoreMasterLimits.of(settings));
    }

    @Bean
    StoreMaster storeMaster(StoreMasterFile file, StoreSettings settings) {
        StoreMaster stores = new StoreMaster(file::read);
        log.info("loaded {} stores from {}", stores.current().size(), settings.storeMaster());
        return stores;
    }

    @Bean
    StoreMasterMonitor storeMasterMonitor(StoreMasterFile file, StoreMaster stores) {
        return new StoreMasterMonitor(file, stores);
    }
}
