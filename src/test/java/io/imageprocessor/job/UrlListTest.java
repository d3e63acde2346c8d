package io.imageprocessor.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UrlListTest {

    @Test
    void returnsUrlsAcrossChunks() {
        List<String> urls = IntStream.range(0, 20_000)
                .mapToObj(i -> "https://photos.example/" + "x".repeat(i % 97) + "/" + i)
                .toList();

        assertThat(stored(urls)).containsExactlyElementsOf(urls);
    }

    @Test
    void storesInvalidUrls() {
        List<String> urls =
                List.of("", "http://bücher.example/漢字/\uD83D\uDCF7", "", "not a url", "a".repeat(1_000_000));

        assertThat(stored(urls)).containsExactlyElementsOf(urls);
    }

    private static List<String> stored(List<String> urls) {
        UrlList list = new UrlList();
        urls.forEach(url -> list.add(url.getBytes(StandardCharsets.UTF_8)));
        list.trim();
        return IntStream.range(0, list.size()).mapToObj(list::get).toList();
    }
}
