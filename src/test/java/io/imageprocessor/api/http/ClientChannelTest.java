package io.imageprocessor.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClientChannelTest {

    @Test
    @Timeout(60)
    void hasUnreadBytesFromTheirArrivalUntilTheyAreRead() throws IOException {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel accepted = server.accept()) {
            accepted.configureBlocking(false);
            ClientChannel channel = new ClientChannel(
                    new SocketBufferHandler(64, 64, false), new StalledClients(1), new StalledClients(1));
            channel.reset(accepted, mock());
            assertThat(channel.hasUnreadBytes()).isFalse();

            client.write(ByteBuffer.wrap(new byte[] {'G'}));
            while (!channel.hasUnreadBytes()) {
                Thread.onSpinWait();
            }

            assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(1);
            assertThat(channel.hasUnreadBytes()).isFalse();
        }
    }
}
