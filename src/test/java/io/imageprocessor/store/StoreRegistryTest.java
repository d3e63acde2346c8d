package io.imageprocessor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class StoreRegistryTest {

    private static final Store HARBOUR = new Store("S00339218", "Harbour Street Grocers", "7100001");

    private final StoreRegistry registry = new StoreRegistry(List.of(HARBOUR, new Store("s1", "Mill Lane", "7100002")));

    @Test
    void findsAStoreByItsId() {
        assertThat(registry.find("S00339218")).containsSame(HARBOUR);
    }

    @Test
    void trimsTheIdThatIsAskedFor() {
        assertThat(registry.find(" S00339218\t")).containsSame(HARBOUR);
    }

    @Test
    void tellsUpperFromLowerCase() {
        assertThat(registry.find("s00339218")).isEmpty();
        assertThat(registry.find("S1")).isEmpty();
    }

    @Test
    void findsNothingUnderAnUnknownOrBlankId() {
        assertThat(registry.find("S99999999")).isEmpty();
        assertThat(registry.find(" ")).isEmpty();
    }

    @Test
    void answersTheSameObjectEachTimeSoThatALookupAllocatesNothing() {
        assertThat(registry.find("S00339218")).isSameAs(registry.find("S00339218"));
    }

    @Test
    void countsItsStores() {
        assertThat(registry.size()).isEqualTo(2);
    }

    @Test
    void refusesIdsThatNoLookupCouldTellApartOrReach() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(HARBOUR, HARBOUR)));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(new Store(" S1", "n", "1"))));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(new Store("", "n", "1"))));
    }
}
