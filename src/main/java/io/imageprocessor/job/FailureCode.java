package io.imageprocessor.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reasons for an image without measurements. Clients may rely on these names. */
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
    /** An error of this service. */
    INTERNAL_ERROR,
    /** No failure: the job was cancelled before the image had a result. */
    CANCELLED;

    private static final Map<String, FailureCode> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(FailureCode::code, Function.identity()));

    private final String code = name().toLowerCase(Locale.ROOT);

    /** Returns the name in the API, such as {@code http_status}. */
    public String code() {
        return code;
    }

    /** Returns the code with this name in the API, or empty if there is none. */
    public static Optional<FailureCode> of(String code) {
        return Optional.ofNullable(BY_CODE.get(code));
    }
}
