package io.imageprocessor.work;

import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageFailure.HostUnavailable;
import io.imageprocessor.image.ImageFailure.HttpStatus;
import io.imageprocessor.image.ImageFailure.InvalidDimensions;
import io.imageprocessor.image.ImageFailure.InvalidUrl;
import io.imageprocessor.image.ImageFailure.NotAnImage;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.TooManyRedirects;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.ImageFailure.UnsupportedFormat;
import io.imageprocessor.job.FailureCode;

/**
 * Maps the failures of module {@code image} to the codes of module {@code job}, which does not know that module. The
 * compiler checks that no failure is missing.
 */
final class FailureCodes {

    private FailureCodes() {}

    static FailureCode of(ImageFailure failure) {
        return switch (failure) {
            case InvalidUrl _ -> FailureCode.INVALID_URL;
            case AddressDenied _ -> FailureCode.ADDRESS_DENIED;
            case DnsFailure _ -> FailureCode.DNS_FAILURE;
            case ConnectFailure _ -> FailureCode.CONNECT_FAILURE;
            case Timeout _ -> FailureCode.TIMEOUT;
            case HostUnavailable _ -> FailureCode.HOST_UNAVAILABLE;
            case HttpStatus _ -> FailureCode.HTTP_STATUS;
            case TooManyRedirects _ -> FailureCode.TOO_MANY_REDIRECTS;
            case TooLarge _ -> FailureCode.TOO_LARGE;
            case Truncated _ -> FailureCode.TRUNCATED;
            case NotAnImage _ -> FailureCode.NOT_AN_IMAGE;
            case UnsupportedFormat _ -> FailureCode.UNSUPPORTED_FORMAT;
            case InvalidDimensions _ -> FailureCode.INVALID_DIMENSIONS;
        };
    }
}
