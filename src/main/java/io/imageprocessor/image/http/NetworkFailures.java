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
import io.imageprocessor.image.http.TimeoutWatchdog.Expiry;
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
 * Says in the failures' plain words what HttpClient and the JDK throw. Their own messages are never shown: they name
 * addresses and classes. Only the log has them, at debug level; but where the exception is none of the network's it is
 * a fault of this service or of a library that the failure lays on the origin, and one a minute is a warning. Where an
 * exchange had got to decides as much as the exception does.
 */
@Slf4j
public final class NetworkFailures {

    private final ImageFailure overdue;
    private final ImageFailure silent;
    private final ImageFailure noneFree;
    private final ImageFailure noConnection;
    private final ImageFailure tooLarge;
    private final RateLimitedLog faults = new RateLimitedLog(log);
    private final ImageFailure brokenOff = new Truncated("the body ended before it was complete");

    public NetworkFailures(DownloadSettings settings) {
        overdue = new Timeout("the download took longer than " + text(settings.totalTimeout()));
        silent = new Timeout("the origin was silent for " + text(settings.readTimeout()));
        noneFree = new Timeout("no connection was free within " + text(settings.totalTimeout()));
        noConnection = new Timeout("no connection within " + text(settings.connectTimeout()));
        tooLarge = new TooLarge("the body was larger than " + text(settings.maxBytes()));
    }

    /** What went wrong while a connection was leased or made. */
    ImageFailure whileConnecting(Exception e) {
        note("no connection", e);
        return switch (e) {
            case AddressDeniedException denied -> new AddressDenied("the host is not on the public internet");
            case UnknownHostException unknown -> new DnsFailure();
            case ConnectTimeoutException timeout -> noConnection;
            case SocketTimeoutException timeout -> noConnection;
            case TimeoutException timeout -> noneFree;
            // The pool has found out before the one who waits.
            case ExecutionException lease when lease.getCause() instanceof TimeoutException -> noneFree;
            case SSLException tls -> insecure(tls);
            default -> new ConnectFailure("the origin could not be connected to");
        };
    }

    /** What went wrong between the request's first byte and the end of the answer's head. */
    ImageFailure whileAwaitingAnswer(Exception e) {
        note("no answer", e);
        return switch (e) {
            case NoHttpResponseException silent ->
                new ConnectFailure("the origin closed the connection without an answer");
            case MessageConstraintException oversized ->
                new ConnectFailure("the origin's answer has oversized headers", false);
            case HttpException malformed -> new ConnectFailure("the origin's answer is not valid HTTP");
            default -> new ConnectFailure("the connection was lost before the answer");
        };
    }

    /** What went wrong while the body was read. */
    ImageFailure whileReadingBody(Exception e) {
        note("the body broke off", e);
        return brokenOff;
    }

    /** The body has ended, and what it is packed with has not. */
    ImageFailure brokenOff() {
        return brokenOff;
    }

    /** Why an attempt was ended for its time. */
    ImageFailure expired(Expiry expiry) {
        return switch (expiry) {
            case OVERDUE -> overdue;
            case SILENT -> silent;
            case NONE -> throw new IllegalArgumentException("the attempt was not ended for its time");
        };
    }

    /** The body is over the limit. */
    ImageFailure tooLarge() {
        return tooLarge;
    }

    private void note(String what, Exception e) {
        if (e instanceof RuntimeException) {
            faults.warn(e, "unexpected error: {}", what);
        } else {
            log.debug("{}", what, e);
        }
    }

    /** A certificate is the same a moment later; whatever else went wrong need not be. */
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
            // The JDK has no types for these two.
            if (mentions(cause, "subject alternative") || mentions(cause, "No name matching")) {
                return Optional.of("is for another host");
            }
            // Whatever the problem with the certificates, and the cause of this may be a better word for it.
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
