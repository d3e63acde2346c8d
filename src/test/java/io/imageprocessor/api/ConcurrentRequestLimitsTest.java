package io.imageprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.doAnswer;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.Scrape;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.stores.StoreMaster;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.stubbing.Answer;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

/** Limits on concurrent requests for expensive calls. */
@ServiceTest
@Import(StubbedQueries.Configuration.class)
@SameOnAnyStorage
class ConcurrentRequestLimitsTest {

    private static final String VISITS = "/api/visits?storeid=S00339218";

    @Autowired
    StubbedQueries queries;

    @MockitoSpyBean
    StoreMaster stores;

    @LocalServerPort
    int port;

    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private ApiClient client;

    @BeforeEach
    void connect() {
        client = new ApiClient(port);
        queries.reset();
    }

    @Test
    void limitsRequestsForVisits() {
        queries.before("visitTotals", this::block);

        assertLimit(4, () -> client.get(VISITS));
    }

    @Test
    void limitsReloadsOfTheStoreMaster() {
        doAnswer(blocked()).when(stores).reload();

        assertLimit(1, () -> client.post("/api/stores/reload", ""));
    }

    @Test
    void limitsPagesOfImages() {
        String job = client.submitted("""
                {"count": 1, "visits": [
                  {"store_id": "S00339218", "image_url": ["no url"], "visit_time": "2023-03-15"}]}""");
        queries.before("images", this::block);

        assertLimit(32, () -> client.get("/api/jobs/" + job + "/images"), () -> {
            assertThat(gauge("imageprocessor_pages")).isEqualTo(32);
            assertThat(gauge("imageprocessor_pages_limit")).isEqualTo(32);
        });

        await().until(() -> gauge("imageprocessor_pages") == 0);
    }

    private void assertLimit(int most, Supplier<HttpResponse<String>> call) {
        assertLimit(most, call, () -> {});
    }

    private void assertLimit(int most, Supplier<HttpResponse<String>> call, Runnable meanwhile) {
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            calls.add(CompletableFuture.supplyAsync(
                    call, task -> Thread.ofPlatform().start(task)));
        }
        await().until(() -> begun.tryAcquire(most));

        HttpResponse<String> rejected = call.get();
        assertThat(rejected.statusCode()).isEqualTo(503);
        assertThat(rejected.headers().firstValue("Retry-After")).contains("10");
        meanwhile.run();

        end.countDown();
        assertThat(calls)
                .allSatisfy(held -> assertThat(held.join().statusCode()).isEqualTo(200));
        assertThat(call.get().statusCode()).isEqualTo(200);
    }

    private double gauge(String name) {
        return Scrape.of(client.get("/actuator/prometheus").body()).value(name);
    }

    private Answer<?> blocked() {
        return call -> {
            block();
            return call.callRealMethod();
        };
    }

    private void block() {
        begun.release();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
