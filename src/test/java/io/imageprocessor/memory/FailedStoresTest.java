package io.imageprocessor.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.job.FailedStore;
import io.imageprocessor.job.FailedStorePage;
import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import io.imageprocessor.job.Job;
import io.imageprocessor.job.Jobs;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailedStoresTest {

    private final Job job = Jobs.job(1)
            .visit("S2", "http://a/0", "http://a/1")
            .visit("S1", "http://a/2")
            .visit("S2", "http://a/3")
            .visit("S3", "http://a/4")
            .build();
    private final FailedStores stores = new FailedStores(job);

    @Test
    void listsNothingWithoutFailures() {
        assertThat(list()).isEmpty();
    }

    @Test
    void listsStoresInTheOrderOfVisits() {
        fail(4, FailureCode.TIMEOUT);
        fail(2, FailureCode.TIMEOUT);
        fail(3, FailureCode.TIMEOUT);

        assertThat(list()).extracting(FailedStore::storeId).containsExactly("S2", "S1", "S3");
    }

    @Test
    void reportsTheFirstCauseAndCountsOverAllVisits() {
        fail(3, FailureCode.TIMEOUT);
        assertThat(list()).containsExactly(new FailedStore("S2", FailureCode.TIMEOUT, "because of timeout", 1, 0, 3));

        fail(1, FailureCode.NOT_AN_IMAGE);

        assertThat(list())
                .containsExactly(new FailedStore("S2", FailureCode.NOT_AN_IMAGE, "because of not_an_image", 2, 0, 3));
    }

    @Test
    void countsCancelledAndFailedImages() {
        fail(3, FailureCode.TIMEOUT);
        stores.cancelled(job.visits().get(0), 2);
        stores.cancelled(job.visits().get(1), 1);

        assertThat(list())
                .containsExactly(
                        new FailedStore("S2", FailureCode.TIMEOUT, "because of timeout", 1, 2, 3),
                        new FailedStore("S1", FailureCode.CANCELLED, "the job was cancelled", 0, 1, 1));
    }

    @Test
    void pagesByTheFirstImageOfEachStore() {
        fail(4, FailureCode.TIMEOUT);
        fail(3, FailureCode.TIMEOUT);

        FailedStorePage first = stores.page(0, 1);
        assertThat(first.stores()).extracting(FailedStore::storeId).containsExactly("S2");
        assertThat(first.next()).hasValue(4);
        assertThat(stores.count()).isEqualTo(2);

        // A store between the pages is on none of them, and shifts neither.
        fail(2, FailureCode.TIMEOUT);

        FailedStorePage second = stores.page(4, 1);
        assertThat(second.stores()).extracting(FailedStore::storeId).containsExactly("S3");
        assertThat(second.next()).isEmpty();
        assertThat(stores.page(5, 1).stores()).isEmpty();
    }

    private List<FailedStore> list() {
        return stores.page(0, Integer.MAX_VALUE / 2).stores();
    }

    private void fail(int index, FailureCode code) {
        stores.failed(job.visitOf(index), index, new ImageResult.Failed(code, "because of " + code.code(), 1, 5));
    }
}
