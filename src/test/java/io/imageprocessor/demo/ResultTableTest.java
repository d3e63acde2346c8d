package io.imageprocessor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {

    private static final ImageResult MEASURED = new ImageResult.Succeeded(1600, 1200, "jpeg", 200_000, 1, 20, 300);
    private static final ImageResult MISSING =
            new ImageResult.Failed(FailureCode.HTTP_STATUS, "the origin answered 404", 1, 7);
    private static final ImageResult UNKNOWN =
            new ImageResult.Failed(FailureCode.STORE_NOT_FOUND, "store not found", 0, 0);
    private static final ImageResult LONG =
            new ImageResult.Failed(FailureCode.CONNECT_FAILURE, "x".repeat(80), 1, 12_345);

    @Test
    void alignsColumns() {
        List<String> lines = new ArrayList<>(ResultTable.header());
        lines.add(ResultTable.row("S00339218", "http://localhost:1/demo/photos/aisle-1.jpg", MEASURED));
        lines.add(ResultTable.row("S00339218", "http://localhost:1/demo/photos/aisle-9.jpg", MISSING));
        lines.add(ResultTable.row("S99999999", "http://localhost:1/demo/photos/snacks.png", UNKNOWN));

        assertThat(String.join("\n", lines)).isEqualTo("""
                store      photo          width  height  perimeter  millis  outcome
                ---------  -------------  -----  ------  ---------  ------  ----------------------------------------
                S00339218  aisle-1.jpg     1600    1200       5600     320  ok
                S00339218  aisle-9.jpg        -       -          -       7  http_status: the origin answered 404
                S99999999  snacks.png         -       -          -       -  store_not_found: store not found""");
    }

    @Test
    void isAtMost100CharactersWide() {
        assertThat(ResultTable.rule()).hasSize(100);
        assertThat(ResultTable.row("S00339218", "/promotion.jpg", LONG))
                .hasSize(100)
                .endsWith("xxx...");
    }
}
