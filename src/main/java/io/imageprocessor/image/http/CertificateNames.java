package io.imageprocessor.image.http;

import java.net.IDN;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a certificate is for a host whose name the JDK does not check.
 *
 * <p>The rules are those of browsers (RFC 9525, section 6.3, and the Public Suffix List): only alternative names of the
 * type DNS count, {@code *} stands for exactly the first label, and at least two labels that are no public suffix
 * follow it. HttpClient's own check also accepts {@code m*.shop.example} and {@code *.co.uk}. Thread-safe.
 */
final class CertificateNames {

    private static final int DNS = 2;

    private CertificateNames() {}

    /**
     * Checks the server's certificate, whose authority has been checked.
     *
     * @param host in lower case, without a trailing dot
     * @throws SSLException if the certificate is for other hosts
     */
    static void check(String host, SSLSession session) throws SSLException {
        X509Certificate certificate = (X509Certificate) session.getPeerCertificates()[0];
        if (names(certificate).stream().noneMatch(name -> isFor(host, name))) {
            throw new SSLPeerUnverifiedException("no subject alternative name matches");
        }
    }

    private static List<String> names(X509Certificate certificate) throws SSLException {
        try {
            @Nullable Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> Integer.valueOf(DNS).equals(name.getFirst()))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            throw new SSLPeerUnverifiedException("the subject alternative names are malformed");
        }
    }

    /** Returns whether {@code name}, which may begin with {@code *.}, is the name of {@code host}. */
    static boolean isFor(String host, String name) {
        String pattern = name.toLowerCase(Locale.ROOT);
        if (!pattern.startsWith("*.")) {
            return pattern.equals(host);
        }
        String domain = pattern.substring(2);
        return domain.indexOf('.') > 0
                && host.substring(host.indexOf('.') + 1).equals(domain)
                // The list is loaded here for the first time, because hardly any name needs it.
                && PublicSuffixMatcherLoader.getDefault().verify(IDN.toUnicode(domain));
    }
}
