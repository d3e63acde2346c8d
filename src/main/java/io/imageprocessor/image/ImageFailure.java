package io.imageprocessor.image;

import java.time.Duration;

/**
 * The reason why an image could not be measured.
 *
 * <p>The set is closed. Each failure has a {@link #message()} that is safe to show to clients (no address, no class
 * name), and states whether a retry can help. Immutable.
 */
public sealed interface ImageFailure {

    /** Returns one clause without a full stop, such as {@code the origin answered 404}. */
    String message();

    /** Returns whether a later attempt at the same URL may succeed. */
    default boolean retryable() {
        return switch (this) {
            case DnsFailure _, Timeout _, HostUnavailable _ -> true;
            case ConnectFailure failure -> failure.temporary();
            case Truncated failure -> failure.temporary();
            case HttpStatus failure -> failure.isTemporary();
            case InvalidUrl _,
                    AddressDenied _,
                    TooManyRedirects _,
                    TooLarge _,
                    NotAnImage _,
                    UnsupportedFormat _,
                    InvalidDimensions _ -> false;
        };
    }

    /** Returns the minimum delay before another attempt; zero if none is known. */
    default Duration retryAfter() {
        return Duration.ZERO;
    }

    /** Whether a host responded to an attempt. */
    enum Contact {
        /** The host responded, with any content. */
        ANSWERED,
        /** The host did not respond in time. */
        TIMED_OUT,
        /** Unknown: no request was sent, or the connection failed. */
        NONE
    }

    /** Returns whether the host responded to the attempt that failed like this. */
    default Contact contact() {
        return switch (this) {
            case Timeout _ -> Contact.TIMED_OUT;
            case InvalidUrl _, AddressDenied _, DnsFailure _, ConnectFailure _, HostUnavailable _ -> Contact.NONE;
            case HttpStatus _,
                    TooManyRedirects _,
                    TooLarge _,
                    Truncated _,
                    NotAnImage _,
                    UnsupportedFormat _,
                    InvalidDimensions _ -> Contact.ANSWERED;
        };
    }

    /** The URL, or the target of a redirect, is not an absolute http(s) URL with a host. */
    record InvalidUrl(String message) implements ImageFailure {}

    /** The host, its port or all of its addresses are not allowed. The message does not disclose the addresses. */
    record AddressDenied(String message) implements ImageFailure {}

    /** The host name could not be resolved. */
    record DnsFailure() implements ImageFailure {
        @Override
        public String message() {
            return "the host name could not be resolved";
        }
    }

    /**
     * No connection was made, or it ended before the response header, or the response was not HTTP.
     *
     * @param temporary whether a retry may succeed; false for a bad certificate
     */
    record ConnectFailure(String message, boolean temporary) implements ImageFailure {

        public ConnectFailure(String message) {
            this(message, true);
        }
    }

    /** One of the three timeouts expired: the connect timeout, the read timeout or the total timeout. */
    record Timeout(String message) implements ImageFailure {}

    /**
     * The circuit of the host is open, because its last attempts timed out. The attempt was not made.
     *
     * @param retryAfter time until the circuit permits another attempt
     */
    record HostUnavailable(String message, Duration retryAfter) implements ImageFailure {}

    /**
     * The origin responded with a status other than 200 or a redirect.
     *
     * @param retryAfter the {@code Retry-After} of the response; zero if it has none
     */
    record HttpStatus(int status, Duration retryAfter) implements ImageFailure {

        public HttpStatus(int status) {
            this(status, Duration.ZERO);
        }

        @Override
        public String message() {
            return "the origin answered " + status;
        }

        /** 408, 429 and 5xx describe the state of the origin, which may change; other statuses describe the URL. */
        private boolean isTemporary() {
            return status == 408 || status == 429 || status >= 500;
        }
    }

    /** The attempt was redirected more than {@code limit} times. */
    record TooManyRedirects(int limit) implements ImageFailure {
        @Override
        public String message() {
            return "more than " + limit + (limit == 1 ? " redirect" : " redirects");
        }
    }

    /** The body, or its declared length, exceeds the limit. */
    record TooLarge(String message) implements ImageFailure {}

    /**
     * The body ended before its declared length, or the file ended before its image.
     *
     * @param temporary whether a retry may succeed; false if the whole file was received
     */
    record Truncated(String message, boolean temporary) implements ImageFailure {

        public Truncated(String message) {
            this(message, true);
        }
    }

    /** The body is not an image, or an image too damaged to measure. */
    record NotAnImage(String message) implements ImageFailure {}

    /** The body is an image or video in an unsupported format. */
    record UnsupportedFormat(String message) implements ImageFailure {}

    /** The image declares a width or height that no image can have. */
    record InvalidDimensions() implements ImageFailure {
        @Override
        public String message() {
            return "the image states a width or height of 0 or beyond 2147483647";
        }
    }
}
