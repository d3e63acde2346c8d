package io.imageprocessor.image;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Why a photo could not be measured: a closed set, each with a stable {@link #code()}, a {@link #message()} that is safe
 * to show to a client (no address, no class name), and whether another attempt can help.
 */
public sealed interface ImageFailure {

    /** The stable, machine-readable name of the failure, such as {@code http_status}. */
    String code();

    /** One clause in plain words, without a full stop, such as {@code the origin answered 404}. */
    String message();

    /** Whether a later attempt at the same URL may succeed. */
    boolean retryable();

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
    record InvalidUrl(String message) implements ImageFailure {
        @Override
        public String code() {
            return "invalid_url";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** Downloads may not go there, be it for the host, its port or its addresses; which addresses it has is not told. */
    record AddressDenied(String message) implements ImageFailure {
        @Override
        public String code() {
            return "address_denied";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The host name could not be resolved. */
    record DnsFailure() implements ImageFailure {
        @Override
        public String code() {
            return "dns_failure";
        }

        @Override
        public String message() {
            return "the host name could not be resolved";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** There was no connection, or it ended or turned out not to speak HTTP before an answer was read. */
    record ConnectFailure(String message) implements ImageFailure {
        @Override
        public String code() {
            return "connect_failure";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** One of the three time limits passed: to connect, between two bytes, or for the attempt as a whole. */
    record Timeout(String message) implements ImageFailure {
        @Override
        public String code() {
            return "timeout";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * The host has not answered for so many attempts in a row that this one was not made.
     *
     * @param retryAfter until when it will not be asked again
     */
    record HostUnavailable(String message, Duration retryAfter) implements ImageFailure {
        @Override
        public String code() {
            return "host_unavailable";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /**
     * The origin answered, with something other than 200 or a redirect.
     *
     * @param retryAfter how long the origin asks to be left alone; zero where it does not
     */
    record HttpStatus(int status, Duration retryAfter) implements ImageFailure {

        /** By status, of which HTTP's three digits leave no more than a thousand. */
        private static final Map<Integer, String> MESSAGES = new ConcurrentHashMap<>();

        public HttpStatus(int status) {
            this(status, Duration.ZERO);
        }

        @Override
        public String code() {
            return "http_status";
        }

        @Override
        public String message() {
            // One string for all images that fail like this: a result keeps it, and a million may.
            return MESSAGES.computeIfAbsent(status, code -> "the origin answered " + code);
        }

        /** What the origin says of its own state passes (408, 429, 5xx); what it says of the URL does not. */
        @Override
        public boolean retryable() {
            return status == 408 || status == 429 || status >= 500;
        }
    }

    /** More redirects in a row than {@code limit}. */
    record TooManyRedirects(int limit) implements ImageFailure {
        @Override
        public String code() {
            return "too_many_redirects";
        }

        @Override
        public String message() {
            return "more than " + limit + (limit == 1 ? " redirect" : " redirects");
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The body is, or is announced to be, larger than is downloaded. */
    record TooLarge(String message) implements ImageFailure {
        @Override
        public String code() {
            return "too_large";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The body ended before what was promised, or before the image's size. */
    record Truncated(String message) implements ImageFailure {
        @Override
        public String code() {
            return "truncated";
        }

        @Override
        public boolean retryable() {
            return true;
        }
    }

    /** The body is no image, or too damaged an image to tell its size. */
    record NotAnImage(String message) implements ImageFailure {
        @Override
        public String code() {
            return "not_an_image";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The body is an image or video of a kind that is not measured. */
    record UnsupportedFormat(String message) implements ImageFailure {
        @Override
        public String code() {
            return "unsupported_format";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }

    /** The image states a width or height that no image can have. */
    record InvalidDimensions() implements ImageFailure {
        @Override
        public String code() {
            return "invalid_dimensions";
        }

        @Override
        public String message() {
            return "the image states a width or height of 0 or beyond 2147483647";
        }

        @Override
        public boolean retryable() {
            return false;
        }
    }
}
