package io.imageprocessor.image.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Resolves host names to addresses. Thread-safe; may block. */
@FunctionalInterface
public interface AddressSource {

    /**
     * Returns the addresses of {@code host}, at least one.
     *
     * @throws UnknownHostException if the host name cannot be resolved
     */
    InetAddress[] addressesOf(String host) throws UnknownHostException;
}
