import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that receive a job's events, each on its own connection. One thread reads all of them. */
final class Listeners implements AutoCloseable {

    private static final int READ_BYTES = 16 * 1_024;

    /** The received events of one listener. Used only by the reading thread. */
    private static final class EventParser {
        private static final String PROGRESS = "event: progress";
        private static final String FINISHED = "event: finished";

        private final StringBuilder text = new StringBuilder();
        private boolean finished;

        /** Adds the text that was read and returns the number of completed events. */
        int add(String read) {
            text.append(read);
            int events = 0;
            for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                String event = text.substring(0, end);
                text.delete(0, end + 2);
                finished |= event.contains(FINISHED);
                if (event.contains(PROGRESS) || event.contains(FINISHED)) {
                    events++;
                }
            }
            return events;
        }
    }

    private final Selector selector;
    private final CountDownLatch unfinished;
    private final AtomicLong events = new AtomicLong();
    private final Thread reader = new Thread(this::read, "listeners");
    private volatile boolean closed;

    private Listeners(int count) throws IOException {
        selector = Selector.open();
        unfinished = new CountDownLatch(count);
    }

    /** Connects the listeners one after another. */
    static Listeners connect(URI url, int count) throws IOException {
        var listeners = new Listeners(count);
        byte[] request =
                ("GET " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n\r\n").getBytes(US_ASCII);
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
            channel.write(ByteBuffer.wrap(request));
            channel.configureBlocking(false);
            channel.register(listeners.selector, SelectionKey.OP_READ, new EventParser());
        }
        listeners.reader.start();
        return listeners;
    }

    /** Waits for the last event of all listeners, at most the given time; returns how many have not received it. */
    long awaitFinished(Duration time) throws InterruptedException {
        boolean _ = unfinished.await(time.toMillis(), TimeUnit.MILLISECONDS);
        return unfinished.getCount();
    }

    /** Returns the number of events that all listeners have received so far. */
    long events() {
        return events.get();
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
        byte[] bytes = new byte[READ_BYTES];
        try {
            while (!closed) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    read(key, buffer, bytes);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            System.err.println("  reading the events failed: " + e);
        }
    }

    /** Reads the available bytes. A listener that lost its connection never receives the last event. */
    private void read(SelectionKey key, ByteBuffer buffer, byte[] bytes) throws IOException {
        int length = ((SocketChannel) key.channel()).read(buffer.clear());
        if (length < 0) {
            key.channel().close();
            return;
        }
        buffer.flip().get(bytes, 0, length);
        EventParser parser = (EventParser) key.attachment();
        boolean before = parser.finished;
        events.addAndGet(parser.add(new String(bytes, 0, length, US_ASCII)));
        if (parser.finished && !before) {
            unfinished.countDown();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
