package io.imageprocessor.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Creates certificates for tests with the JDK's keytool: an authority, and certificates that it signs. */
public final class Certificates {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String AUTHORITY = "authority";

    private final Path folder;
    private final Path store;

    /** Creates an authority, and stores all files in {@code folder}. */
    public Certificates(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        store = folder.resolve("keys.p12");
        keytool("-alias", AUTHORITY, "-dname", "CN=Authority", "-ext", "bc:c", "-startdate", "-30d", "-validity", "60");
    }

    /** Creates the key and certificate of an origin, signed by the authority. */
    public SSLContext signed(String name, String startdate, String alternativeName) throws Exception {
        keytool(
                "-alias",
                name,
                "-signer",
                AUTHORITY,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + alternativeName,
                "-startdate",
                startdate,
                "-validity",
                "10");
        return contextOf(name);
    }

    /** Creates the key and a self-signed certificate of an origin. */
    public SSLContext selfSigned(String name) throws Exception {
        keytool("-alias", name, "-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1", "-validity", "10");
        return contextOf(name);
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(log));
        }
    }

    private SSLContext contextOf(String name) throws IOException, GeneralSecurityException {
        return contextOf(store, name);
    }

    /** Returns the file with all keys and certificates. */
    Path store() {
        return store;
    }

    /** Returns a context with the key and certificate that {@code store} has as {@code name}. */
    static SSLContext contextOf(Path store, String name) throws IOException, GeneralSecurityException {
        KeyStore all = load(store);
        KeyStore one = empty();
        one.setKeyEntry(name, all.getKey(name, PASSWORD), PASSWORD, all.getCertificateChain(name));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        return tls;
    }

    /**
     * Creates a probe that trusts only the authority. This uses system properties of the JVM, which a probe reads when
     * it is created.
     */
    public ImageProbe trustedBy(Supplier<ImageProbe> probe) throws IOException, GeneralSecurityException {
        KeyStore trusted = empty();
        trusted.setCertificateEntry(AUTHORITY, load(store).getCertificate(AUTHORITY));
        Path trustStore = folder.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(trustStore)) {
            trusted.store(out, PASSWORD);
        }
        System.setProperty("javax.net.ssl.trustStore", trustStore.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
        try {
            return probe.get();
        } finally {
            System.clearProperty("javax.net.ssl.trustStore");
            System.clearProperty("javax.net.ssl.trustStorePassword");
        }
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, PASSWORD);
        return keys;
    }
}
