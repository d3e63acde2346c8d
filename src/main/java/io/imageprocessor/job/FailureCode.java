package io.imageprocessor.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Why an image has no measurements: the closed set of stable names that clients may build on. */
public enum FailureCode {
    STORE_NOT_FOUND,
    INVALID_URL,
    ADDRESS_DENIED,
    DNS_FAILURE,
    CONNECT_FAILURE,
    TIMEOUT,
    HOST_UNAVAILABLE,
    HTTP_STATUS,
    TOO_MANY_REDIRECTS,
    TOO_LARGE,
    TRUNCATED,
    NOT_AN_IMAGE,
    UNSUPPORTED_FORMAT,
    INVALID_DIMENSIONS,
    /** A fault of this service. */
    INTERNAL_ERROR,
    /** Nothing went wrong: the job was cancelled before the image had a result. */
    CANCELLED;

    private static final Map<String, FailureCode> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(FailureCode::code, Function.identity()));

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The name as clients know it, such as {@code http_status}. */
    public String code() {
        return code;
    }

    /** The failure that goes by this name, or empty if there is none. */
    public static Optional<FailureCode> of(String code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }
}
