package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StoreMasterTest {

    private Supplier<StoreRegistry> source = () -> registry(
            new Store("S1", "Mill Lane", "71"),
            new Store("S2", "Harbour Street", "71"),
            new Store("S3", "Corner", "72"),
            new Store("S4", "Old Mill", "72"));
    private final StoreMaster stores = new StoreMaster(() -> source.get());

    @Test
    void reloadCountsTheDifferences() {
        source = () -> registry(
                new Store("S1", "Mill Lane", "71"),
                new Store("S2", "Harbour Street Grocers", "71"),
                new Store("S3", "Corner", "73"),
                new Store("S5", "New Mill", "72"),
                new Store("S6", "North", "72"));

        assertThat(stores.reload()).isEqualTo(new StoreChanges(5, 2, 1, 2));
        assertThat(stores.current().find("S5")).isPresent();
        assertThat(stores.reload()).isEqualTo(new StoreChanges(5, 0, 0, 0));
    }

    @Test
    void reloadDoesNotChangeARegistryThatACallerKeeps() {
        StoreRegistry kept = stores.current();
        source = () -> registry(new Store("S9", "Elsewhere", "9"));

        stores.reload();

        assertThat(kept.find("S1")).isPresent();
        assertThat(kept.find("S9")).isEmpty();
    }

    @Test
    void keepsTheStoresIfTheReloadFails() {
        StoreRegistry before = stores.current();
        source = () -> {
            throw StoreMasterException.of("stores.csv", "no such file");
        };

        assertThatExceptionOfType(StoreMasterException.class)
                .isThrownBy(stores::reload)
                .withMessage("stores.csv: no such file");

        assertThat(stores.current()).isSameAs(before);
    }

    @Test
    void isStaleUntilAReloadSucceeds() {
        MeterRegistry registry = new SimpleMeterRegistry();
        new StoreMeters(stores).bindTo(registry);
        Gauge stale = registry.get("imageprocessor.stores.stale").gauge();
        Supplier<StoreRegistry> good = source;
        assertThat(stale.value()).isZero();

        source = () -> {
            throw StoreMasterException.of("stores.csv", "no such file");
        };
        assertThatExceptionOfType(StoreMasterException.class).isThrownBy(stores::reload);
        assertThat(stale.value()).isEqualTo(1);

        source = good;
        stores.reload();
        assertThat(stale.value()).isZero();
    }

    private static StoreRegistry registry(Store... stores) {
        return new StoreRegistry(List.of(stores));
    }
}
