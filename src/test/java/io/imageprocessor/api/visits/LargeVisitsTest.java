package io.imageprocessor.api.visits;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import io.imageprocessor.api.StubbedQueries;
import io.imageprocessor.job.VisitTotal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Responses of {@code /api/visits} with very many days. */
@ServiceTest
@SameOnAnyStorage
@Import(StubbedQueries.Configuration.class)
class LargeVisitsTest {

    private static final int DAYS = 200_000;
    private static final LocalDate FIRST = LocalDate.parse("1600-01-01");
    private static final String STORE = "S00339218";
    private static final String OTHER = "S00347531";

    @Autowired
    StubbedQueries queries;

    @LocalServerPort
    int port;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        queries.reset();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void returnsEveryDayInOrder() {
        queries.answer("visitTotals", arguments -> shuffled(((Set<?>) arguments[0]).size() > 1 ? 7 : DAYS));

        JsonNode store = results("storeid=" + STORE).get(0);

        assertThat(store.get("store_id").asString()).isEqualTo(STORE);
        assertThat(store.get("data")).hasSize(DAYS);
        for (int i = 0; i < DAYS; i++) {
            JsonNode day = store.get("data").get(i);
            assertThat(day.get("date").asString()).isEqualTo(FIRST.plusDays(i).toString());
            assertThat(day.get("perimeter").asLong()).isEqualTo(10_000_000_000L + i);
        }
        assertThat(results("area=78505").valueStream())
                .extracting(each -> each.get("data").size())
                .containsExactly(7, 1);
    }

    @Test
    void limitsTheDaysThatClientsDoNotRead() throws IOException {
        List<VisitTotal> many = shuffled(DAYS);
        queries.answer("visitTotals", _ -> many);

        int status = 200;
        while (status == 200 && sockets.size() < 100) {
            status = status(requestWithoutReading());
        }

        assertThat(status).isEqualTo(503);
        queries.answer("visitTotals", _ -> shuffled(7));
        assertThat(results("storeid=" + STORE)).hasSize(1);
    }

    private JsonNode results(String query) {
        return JsonMapper.shared()
                .readTree(new ApiClient(port).get("/api/visits?" + query).body())
                .get("results");
    }

    /** Returns so many days of one store and one of another, in random order. */
    private static List<VisitTotal> shuffled(int days) {
        List<VisitTotal> totals = new ArrayList<>(IntStream.range(0, days)
                .mapToObj(i -> new VisitTotal(STORE, FIRST.plusDays(i), 10_000_000_000L + i))
                .toList());
        totals.add(new VisitTotal(OTHER, FIRST, 1));
        Collections.shuffle(totals, new Random(0));
        return totals;
    }

    /** Reads the status line only. */
    private static int status(Socket socket) throws IOException {
        return Integer.parseInt(new String(socket.getInputStream().readNBytes(12), US_ASCII).substring(9));
    }

    private Socket requestWithoutReading() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write(("GET /api/visits?storeid=" + STORE + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
        return socket;
    }
}
