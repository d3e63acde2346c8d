package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.ImageFailure;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.http.SourceAddressPolicy.AddressDeniedException;
import io.imageprocessor.image.http.TimeoutWatchdog.TimeoutKind;
import io.imageprocessor.logging.RateLimitedLog;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import lombok.extern.slf4j.Slf4j;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Translates exceptions of HttpClient and the JDK to failures. The failure depends on the exception and on the phase of
 * the exchange.
 *
 * <p>Messages of exceptions are never shown to clients, because they name addresses and classes. They are logged at
 * debug level. An unchecked exception is a fault of this service or of a library, although the failure blames the
 * origin, so it is logged as a warning, at most once a minute. Thread-safe.
 */
@Slf4j
final class NetworkFailures {

    private final ImageFailure totalTimeout;
    private final ImageFailure readTimeout;
    private final ImageFailure leaseTimeout;
    private final ImageFailure connectTimeout;
    private final ImageFailure tooLarge;
    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final ImageFailure bodyTruncated = new Truncated("the body ended before it was complete");

    NetworkFailures(DownloadSettings settings) {
        totalTimeout = new Timeout("the download took longer than " + text(settings.totalTimeout()));
        readTimeout = new Timeout("the origin was silent for " + text(settings.readTimeout()));
        leaseTimeout = new Timeout("no connection was free within " + text(settings.totalTimeout()));
        connectTimeout = new Timeout("no connection within " + text(settings.connectTimeout()));
        tooLarge = new TooLarge("the body was larger than " + text(settings.maxBytes()));
    }

    /** Returns the failure for an exception while a connection was leased or opened. */
    ImageFailure whileConnecting(Exception e) {
        logCause("no connection", e);
        return switch (e) {
            case AddressDeniedException denied -> new AddressDenied("the host is not on the public internet");
            case UnknownHostException unknown -> new DnsFailure();
            case ConnectTimeoutException timeout -> connectTimeout;
            case SocketTimeoutException timeout -> connectTimeout;
            case TimeoutException timeout -> leaseTimeout;
            // The pool noticed the timeout before the waiting thread did.
            case ExecutionException lease when lease.getCause() instanceof TimeoutException -> leaseTimeout;
            case SSLException tls -> insecure(tls);
            default -> new ConnectFailure("the origin could not be connected to");
        };
    }

    /**
     * Returns the failure for an exception between the first byte of the request and the end of the response header.
     */
    ImageFailure whileAwaitingResponse(Exception e) {
        logCause("no response", e);
        return switch (e) {
            case NoHttpResponseException silent ->
                new ConnectFailure("the origin closed the connection without an answer");
            case MessageConstraintException oversized ->
                new ConnectFailure("the origin's answer has oversized headers", false);
            case HttpException malformed -> new ConnectFailure("the origin's answer is not valid HTTP");
            default -> new ConnectFailure("the connection was lost before the answer");
        };
    }

    /** Returns the failure for an exception while the body was read. */
    ImageFailure whileReadingBody(Exception e) {
        logCause("body truncated", e);
        return bodyTruncated;
    }

    /** Returns the failure of a body that ended before its encoded data did. */
    ImageFailure bodyTruncated() {
        return bodyTruncated;
    }

    /** Returns the failure of an attempt that {@code timeout} ended. */
    ImageFailure timeout(TimeoutKind timeout) {
        return switch (timeout) {
            case TOTAL_TIMEOUT -> totalTimeout;
            case READ_TIMEOUT -> readTimeout;
            case NONE -> throw new IllegalArgumentException("no timeout ended the attempt");
        };
    }

    /** Returns the failure of a body over the size limit. */
    ImageFailure tooLarge() {
        return tooLarge;
    }

    private void logCause(String what, Exception e) {
        if (e instanceof RuntimeException) {
            faults.warn(e, "unexpected error: {}", what);
        } else {
            log.debug("{}", what, e);
        }
    }

    /** A retry cannot help against a bad certificate; it may help against every other TLS failure. */
    private static ImageFailure insecure(SSLException e) {
        return certificateProblem(e)
                .map(problem -> new ConnectFailure("the origin's certificate " + problem, false))
                .orElse(new ConnectFailure("no secure connection could be agreed on with the origin"));
    }

    private static Optional<String> certificateProblem(SSLException e) {
        boolean untrusted = false;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return Optional.of("has expired");
            }
            if (cause instanceof CertificateNotYetValidException) {
                return Optional.of("is not valid yet");
            }
            // The JDK has no exception types for these two.
            if (mentions(cause, "subject alternative") || mentions(cause, "No name matching")) {
                return Optional.of("is for another host");
            }
            // Every problem of the certificate path; a cause further down may be more specific.
            untrusted |= mentions(cause, "PKIX");
        }
        return untrusted ? Optional.of("is not trusted") : Optional.empty();
    }

    private static boolean mentions(Throwable e, String words) {
        @Nullable String message = e.getMessage();
        return message != null && message.contains(words);
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static String text(DataSize size) {
        long bytes = size.toBytes();
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KB" : bytes + "B";
    }
}
