package io.imageprocessor.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.job.FailureCode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureCodesTest {

    /** Codes of images that failed, or were cancelled, without a failed download. */
    private static final Set<FailureCode> NOT_OF_DOWNLOADS =
            EnumSet.of(FailureCode.STORE_NOT_FOUND, FailureCode.INTERNAL_ERROR, FailureCode.CANCELLED);

    private static final Map<ImageFailure, FailureCode> CODES = Map.ofEntries(
            Map.entry(new ImageFailure.InvalidUrl(""), FailureCode.INVALID_URL),
            Map.entry(new ImageFailure.AddressDenied(""), FailureCode.ADDRESS_DENIED),
            Map.entry(new ImageFailure.DnsFailure(), FailureCode.DNS_FAILURE),
            Map.entry(new ImageFailure.ConnectFailure(""), FailureCode.CONNECT_FAILURE),
            Map.entry(new ImageFailure.Timeout(""), FailureCode.TIMEOUT),
            Map.entry(new ImageFailure.HostUnavailable("", Duration.ZERO), FailureCode.HOST_UNAVAILABLE),
            Map.entry(new ImageFailure.HttpStatus(404), FailureCode.HTTP_STATUS),
            Map.entry(new ImageFailure.TooManyRedirects(5), FailureCode.TOO_MANY_REDIRECTS),
            Map.entry(new ImageFailure.TooLarge(""), FailureCode.TOO_LARGE),
            Map.entry(new ImageFailure.Truncated(""), FailureCode.TRUNCATED),
            Map.entry(new ImageFailure.NotAnImage(""), FailureCode.NOT_AN_IMAGE),
            Map.entry(new ImageFailure.UnsupportedFormat(""), FailureCode.UNSUPPORTED_FORMAT),
            Map.entry(new ImageFailure.InvalidDimensions(), FailureCode.INVALID_DIMENSIONS));

    /** The compiler checks that {@link FailureCodes} handles every failure; this checks the code of each. */
    @Test
    void mapsEachFailureToItsCode() {
        CODES.forEach((failure, code) -> assertThat(FailureCodes.of(failure)).isEqualTo(code));
    }

    @Test
    void usesEveryCodeThatIsOfDownloads() {
        EnumSet<FailureCode> ofDownloads = EnumSet.copyOf(CODES.values());

        assertThat(ofDownloads)
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.copyOf(NOT_OF_DOWNLOADS)));
    }
}
