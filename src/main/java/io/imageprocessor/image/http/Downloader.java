package io.imageprocessor.image.http;

import io.imageprocessor.image.DownloadSettings;
import io.imageprocessor.image.DownloadSettings.Mode;
import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.http.TimeoutWatchdog.Attempt;
import io.imageprocessor.image.url.ImageUrl;
import io.imageprocessor.image.url.SourceUrlPolicy;

/** Downloads bodies over HTTP within the limits of the settings. Thread-safe. */
public final class Downloader implements AutoCloseable {

    private final CachingDnsResolver resolver;
    private final HttpTransport transport;
    private final HostCircuitBreakers circuitBreakers;
    private final TimeoutWatchdog watchdog;
    private final HttpFetcher fetcher;

    /** Starts the threads for timeouts and for idle connections. */
    public Downloader(DownloadSettings settings, AddressSource addresses) {
        NetworkFailures failures = new NetworkFailures(settings);
        resolver = new CachingDnsResolver(addresses, settings.concurrency(), System::nanoTime);
        SourceAddressPolicy addressPolicy = new SourceAddressPolicy(settings.privateNetworks(), resolver);
        transport = new HttpTransport(settings, addressPolicy, failures);
        circuitBreakers = new HostCircuitBreakers(settings.readTimeout(), System::nanoTime);
        watchdog = new TimeoutWatchdog(settings.totalTimeout(), settings.readTimeout());
        RangeFetcher rangeFetcher =
                new RangeFetcher(transport, settings.mode() == Mode.FULL ? Wanted.WHOLE : Wanted.BEGINNING);
        SourceUrlPolicy urlPolicy = new SourceUrlPolicy(settings);
        fetcher = new HttpFetcher(rangeFetcher, urlPolicy, circuitBreakers, failures, settings.maxRedirects());
    }

    /**
     * Requests {@code url} once, follows redirects, and returns what {@code reader} makes of the body.
     *
     * <p>Must run on a virtual thread. Timeouts interrupt the thread, and an interrupt ends a blocking socket read only
     * on a virtual thread.
     *
     * @throws ImageFailedException for every failure of the URL, the network and the origin
     * @throws IllegalStateException on a platform thread
     */
    public <T> T fetch(String url, BodyReader<T> reader) throws ImageFailedException {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a download must run on a virtual thread, so that it can time out");
        }
        try (Attempt attempt = watchdog.begin()) {
            return fetcher.fetch(ImageUrl.parse(url), attempt, reader);
        }
    }

    /** Returns the number of hosts whose circuit is open. */
    public int openCircuits() {
        return circuitBreakers.openCircuits();
    }

    /** Returns whether no attempt is in flight and no connection is in use. */
    public boolean isIdle() {
        return watchdog.isIdle() && transport.isIdle();
    }

    /** Ends all attempts in flight and closes every connection. */
    @Override
    public void close() {
        transport.close();
        resolver.close();
        watchdog.close();
    }
}
