package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.job.FailureCode;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Why an image fails is a closed set in room {@code image}, and again in room {@code job}, which does not know that
 * one.
 */
class FailureCodesTest {

    static Stream<Class<?>> failures() {
        return Arrays.stream(ImageFailure.class.getPermittedSubclasses());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureOfADownloadHasItsCode(Class<?> failure) throws Exception {
        String code = blank(failure).code();

        assertThat(FailureCode.of(code)).map(FailureCode::code).contains(code);
    }

    @Test
    void everyCodeBelongsToOneFailureOfADownloadOrToTheServiceItself() throws Exception {
        Stream.Builder<FailureCode> codes = Stream.builder();
        for (Class<?> failure : ImageFailure.class.getPermittedSubclasses()) {
            codes.add(FailureCode.of(blank(failure).code()).orElseThrow());
        }
        Stream.of(FailureCode.STORE_NOT_FOUND, FailureCode.INTERNAL_ERROR, FailureCode.CANCELLED)
                .forEach(codes::add);

        assertThat(codes.build()).containsExactlyInAnyOrder(FailureCode.values());
    }

    /** A failure of this kind that tells nothing but its kind. */
    private static ImageFailure blank(Class<?> failure) throws ReflectiveOperationException {
        Constructor<?> all = failure.getDeclaredConstructor(Arrays.stream(failure.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new));
        Object[] blanks = Arrays.stream(all.getParameterTypes())
                .map(FailureCodesTest::blankOf)
                .toArray();
        return (ImageFailure) all.newInstance(blanks);
    }

    private static Object blankOf(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "int" -> 0;
            case "boolean" -> false;
            case "String" -> "";
            case "Duration" -> Duration.ZERO;
            default -> throw new IllegalArgumentException("no blank " + type);
        };
    }
}
