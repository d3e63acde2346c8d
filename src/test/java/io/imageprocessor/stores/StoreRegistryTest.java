package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreRegistryTest {

    private static final Store HARBOUR = new Store("S00339218", "Harbour Street Grocers", "7100001");

    private final StoreRegistry registry = new StoreRegistry(List.of(HARBOUR, new Store("s1", "Mill Lane", "7100002")));

    @Test
    void findsAStoreByItsId() {
        assertThat(registry.find("S00339218")).containsSame(HARBOUR);
    }

    @Test
    void trimsTheRequestedId() {
        assertThat(registry.find(" S00339218\t")).containsSame(HARBOUR);
    }

    @Test
    void distinguishesUpperAndLowerCase() {
        assertThat(registry.find("s00339218")).isEmpty();
        assertThat(registry.find("S1")).isEmpty();
    }

    @Test
    void findsNothingUnderAnUnknownOrBlankId() {
        assertThat(registry.find("S99999999")).isEmpty();
        assertThat(registry.find(" ")).isEmpty();
    }

    @Test
    void returnsTheSameObjectSoThatALookupAllocatesNothing() {
        assertThat(registry.find("S00339218")).isSameAs(registry.find("S00339218"));
    }

    @Test
    void countsItsStores() {
        assertThat(registry.size()).isEqualTo(2);
    }

    @Test
    void rejectsRepeatedUntrimmedAndBlankIds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(HARBOUR, HARBOUR)));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(new Store(" S1", "n", "1"))));
        assertThatIllegalArgumentException().isThrownBy(() -> new StoreRegistry(List.of(new Store("", "n", "1"))));
    }

    @Test
    void listsStoresSortedById() {
        assertThat(FOUR.all()).extracting(Store::id).containsExactly("S1", "S2", "S3", "s4");
        assertThat(list(Optional.empty(), Optional.empty(), null, 3)).containsExactly("S1", "S2", "S3");
    }

    @Test
    void listsStoresAfterAnIdWhetherOrNotItExists() {
        assertThat(list(Optional.empty(), Optional.empty(), "S2", 9)).containsExactly("S3", "s4");
        assertThat(list(Optional.empty(), Optional.empty(), "S22", 9)).containsExactly("S3", "s4");
        assertThat(list(Optional.empty(), Optional.empty(), "", 9)).hasSize(4);
        assertThat(list(Optional.empty(), Optional.empty(), "s4", 9)).isEmpty();
    }

    @Test
    void listsTheStoresOfAnArea() {
        assertThat(FOUR.inArea("71")).extracting(Store::id).containsExactly("S2", "s4");
        assertThat(FOUR.inArea(" 71 ")).hasSize(2);
        assertThat(FOUR.inArea("7")).isEmpty();
        assertThat(list(Optional.of("71"), Optional.empty(), "S2", 9)).containsExactly("s4");
        assertThat(list(Optional.of("7"), Optional.empty(), null, 9)).isEmpty();
    }

    @Test
    void listsStoresWithATextInIdOrNameIgnoringCase() {
        assertThat(list(Optional.empty(), Optional.of("GRÜN"), null, 9)).containsExactly("S1", "s4");
        assertThat(list(Optional.empty(), Optional.of("s4"), null, 9)).containsExactly("s4");
        assertThat(list(Optional.empty(), Optional.of("S"), null, 9)).hasSize(4);
        assertThat(list(Optional.empty(), Optional.of("(.*"), null, 9)).containsExactly("S3");
        assertThat(list(Optional.of("70"), Optional.of("grün"), null, 9)).containsExactly("S1");
        assertThat(list(Optional.empty(), Optional.of("grün"), "S1", 9)).containsExactly("s4");
    }

    private static final StoreRegistry FOUR = new StoreRegistry(List.of(
            new Store("s4", "Am Grünen Tor", "71"),
            new Store("S2", "Mill Lane", "71"),
            new Store("S1", "Grüner Markt", "70"),
            new Store("S3", "Odd (.* Name", "70")));

    private static List<String> list(Optional<String> area, Optional<String> text, @Nullable String after, int limit) {
        return FOUR.list(new StoreFilter(area, text), after, limit).stream()
                .map(Store::id)
                .toList();
    }
}
