package io.imageprocessor.image;

import java.time.Duration;

/**
 * Why a photo could not be measured: a closed set, each with a stable {@link #code()}, a {@link #message()} that is
 * safe to show to a client (no address, no class name), and whether another attempt can help.
 */
public sealed interface ImageFailure {

    /** The stable, machine-readable name of the failure, such as {@code http_status}. */
    default String code() {
        return switch (this) {
            case InvalidUrl _ -> "invalid_url";
            case AddressDenied _ -> "address_denied";
            case DnsFailure _ -> "dns_failure";
            case ConnectFailure _ -> "connect_failure";
            case Timeout _ -> "timeout";
            case HostUnavailable _ -> "host_unavailable";
            case HttpStatus _ -> "http_status";
            case TooManyRedirects _ -> "too_many_redirects";
            case TooLarge _ -> "too_large";
            case Truncated _ -> "truncated";
            case NotAnImage _ -> "not_an_image";
            case UnsupportedFormat _ -> "unsupported_format";
            case InvalidDimensions _ -> "invalid_dimensions";
        };
    }

    /** One clause in plain words, without a full stop, such as {@code the origin answered 404}. */
    String message();

    /** Whether a later attempt at the same URL may succeed. */
    default boolean retryable() {
        return switch (this) {
            case DnsFailure _, Timeout _, HostUnavailable _ -> true;
            case ConnectFailure failure -> failure.passing();
            case Truncated failure -> failure.passing();
            case HttpStatus failure -> failure.isPassing();
            case InvalidUrl _,
                    AddressDenied _,
                    TooManyRedirects _,
                    TooLarge _,
                    NotAnImage _,
                    UnsupportedFormat _,
                    InvalidDimensions _ -> false;
        };
    }

    /** How long to wait at least before another attempt; zero where nothing is known of that. */
    default Duration retryAfter() {
        return Duration.ZERO;
    }

    /** What an attempt tells of the host it was made at. */
    enum Contact {
        /** The host answered, whatever it said. */
        ANSWERED,
        /** The host was waited for in vain. */
        TIMED_OUT,
        /** Neither: it was not asked, or there was no conversation. */
        NONE
    }

    /** What the attempt that failed like this tells of the host. */
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

    /** The URL, or one that the origin redirected to, is no absolute http(s) URL with a host. */
    record InvalidUrl(String message) implements ImageFailure {}

    /**
     * Downloads may not go there, be it for the host, its port or its addresses; which addresses it has is not told.
     */
    record AddressDenied(String message) implements ImageFailure {}

    /** The host name could not be resolved. */
    record DnsFailure() implements ImageFailure {
        @Override
        public String message() {
            return "the host name could not be resolved";
        }
    }

    /**
     * There was no connection, or it ended or turned out not to speak HTTP before an answer was read.
     *
     * @param passing whether it may be otherwise a moment later, as a certificate will not
     */
    record ConnectFailure(String message, boolean passing) implements ImageFailure {

        public ConnectFailure(String message) {
            this(message, true);
        }
    }

    /** One of the three time limits passed: to connect, between two bytes, or for the attempt as a whole. */
    record Timeout(String message) implements ImageFailure {}

    /**
     * The host has not answered for so many attempts in a row that this one was not made.
     *
     * @param retryAfter until when it will not be asked again
     */
    record HostUnavailable(String message, Duration retryAfter) implements ImageFailure {}

    /**
     * The origin answered, with something other than 200 or a redirect.
     *
     * @param retryAfter how long the origin asks to be left alone; zero where it does not
     */
    record HttpStatus(int status, Duration retryAfter) implements ImageFailure {

        public HttpStatus(int status) {
            this(status, Duration.ZERO);
        }

        @Override
        public String message() {
            return "the origin answered " + status;
        }

        /** What the origin says of its own state passes (408, 429, 5xx); what it says of the URL does not. */
        private boolean isPassing() {
            return status == 408 || status == 429 || status >= 500;
        }
    }

    /** More redirects in a row than {@code limit}. */
    record TooManyRedirects(int limit) implements ImageFailure {
        @Override
        public String message() {
            return "more than " + limit + (limit == 1 ? " redirect" : " redirects");
        }
    }

    /** The body is, or is announced to be, larger than is downloaded. */
    record TooLarge(String message) implements ImageFailure {}

    /**
     * The body ended before what was promised, or the file before its image.
     *
     * @param passing whether it may be otherwise a moment later, as a file that came whole will not
     */
    record Truncated(String message, boolean passing) implements ImageFailure {

        public Truncated(String message) {
            this(message, true);
        }
    }

    /** The body is no image, or too damaged an image to tell its size. */
    record NotAnImage(String message) implements ImageFailure {}

    /** The body is an image or video of a kind that is not measured. */
    record UnsupportedFormat(String message) implements ImageFailure {}

    /** The image states a width or height that no image can have. */
    record InvalidDimensions() implements ImageFailure {
        @Override
        public String message() {
            return "the image states a width or height of 0 or beyond 2147483647";
        }
    }
}
