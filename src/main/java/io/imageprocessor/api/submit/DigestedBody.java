package io.imageprocessor.api.submit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Computes the SHA-256 of a body while it is read. Not thread-safe. */
final class DigestedBody {

    private final DigestInputStream body;

    DigestedBody(InputStream body) {
        this.body = new DigestInputStream(body, sha256());
    }

    /** Digests text as if the body began with it. Call this before reading the body. */
    DigestedBody after(byte[] text) {
        body.getMessageDigest().update(text);
        return this;
    }

    InputStream stream() {
        return body;
    }

    /** Reads the rest of the body and returns the digest of the whole. */
    String readToEnd() throws IOException {
        body.transferTo(OutputStream.nullOutputStream());
        return fingerprint();
    }

    /** Returns the digest of a body that was read to its end. Call this once. */
    String fingerprint() {
        return HexFormat.of().formatHex(body.getMessageDigest().digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
