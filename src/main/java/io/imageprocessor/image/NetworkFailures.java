package io.imageprocessor.image;

import io.imageprocessor.image.Deadlines.Expiry;
import io.imageprocessor.image.ImageFailure.AddressDenied;
import io.imageprocessor.image.ImageFailure.ConnectFailure;
import io.imageprocessor.image.ImageFailure.DnsFailure;
import io.imageprocessor.image.ImageFailure.Timeout;
import io.imageprocessor.image.ImageFailure.TooLarge;
import io.imageprocessor.image.ImageFailure.Truncated;
import io.imageprocessor.image.SourceAddressPolicy.AddressDeniedException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Says in the failures' plain words what HttpClient and the JDK throw. Their own messages are never shown: they name
 * addresses and classes. Where an exchange had got to decides as much as the exception does.
 */
final class NetworkFailures {

    private final DownloadSettings settings;

    NetworkFailures(DownloadSettings settings) {
        this.settings = settings;
    }

    /** What went wrong while a connection was leased or made. */
    ImageFailure whileConnecting(Exception e) {
        return switch (e) {
            case AddressDeniedException denied -> new AddressDenied("the host is not on the public internet");
            case UnknownHostException unknown -> new DnsFailure();
            case ConnectTimeoutException timeout -> noConnection();
            case SocketTimeoutException timeout -> noConnection();
            case TimeoutException timeout -> noneFree();
            // The pool has found out before the one who waits.
            case ExecutionException lease when lease.getCause() instanceof TimeoutException -> noneFree();
            case SSLException tls -> insecure(tls);
            default -> new ConnectFailure("the origin could not be connected to");
        };
    }

    /** What went wrong between the request's first byte and the end of the answer's head. */
    ImageFailure whileAwaitingAnswer(Exception e) {
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
    ImageFailure whileReadingBody() {
        return new Truncated("the body ended before it was complete");
    }

    /** Why an attempt was ended for its time. */
    ImageFailure expired(Expiry expiry) {
        return new Timeout(
                switch (expiry) {
                    case OVERDUE -> "the download took longer than " + text(settings.totalTimeout());
                    case SILENT -> "the origin was silent for " + text(settings.readTimeout());
                    case NONE -> throw new IllegalArgumentException("the attempt was not ended for its time");
                });
    }

    /** The body is over the limit. */
    ImageFailure tooLarge() {
        return new TooLarge("the body was larger than " + text(settings.maxBytes()));
    }

    private ImageFailure noneFree() {
        return new Timeout("no connection was free within " + text(settings.totalTimeout()));
    }

    private ImageFailure noConnection() {
        return new Timeout("no connection within " + text(settings.connectTimeout()));
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
