package io.imageprocessor.image.url;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DotSegmentsTest {

    @ParameterizedTest
    @CsvSource({
        "/., /",
        "/.., /",
        "/../.., /",
        "/./a, /a",
        "/../a, /a",
        "/../../a, /a",
        "/a/., /a/",
        "/a/.., /",
        "/a/../, /",
        "/a/b/.., /a/",
        "/a/b/../c, /a/c",
        "/a/./b/./c, /a/b/c",
        "/a/b/c/./../../g, /a/g",
        "/mid/content=5/../6, /mid/6",
        "/a//../b, /a/b",
        "//../a, /a",
        "/a/%2e/b, /a/b",
        "/a/%2E%2e/b, /b",
        "/a/.%2E/b, /b",
        "/a/%2e./b, /b",
        "/a/../b?c=/../d, /b?c=/../d",
        "/a/..?b, /?b"
    })
    void removesDotSegmentsLikeBrowsers(String target, String expected) {
        assertThat(DotSegments.removed(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/b.jpg",
                "/.well-known/a",
                "/..a/b",
                "/.../a",
                "/a../b./c",
                "/%2ea",
                "/a/%252e/b",
                "/%20/a",
                "//a",
                "/?../a",
                "/a?/../b",
                "/a?b/./c"
            })
    void doesNotChangeOtherTargets(String target) {
        assertThat(DotSegments.removed(target)).isEqualTo(target);
    }
}
