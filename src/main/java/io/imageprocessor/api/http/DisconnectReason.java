package io.imageprocessor.api.http;

import java.util.Locale;

/** Why the service disconnects a slow client: others need what it holds. */
enum DisconnectReason {
    /** A request thread waits for the next byte of its body. */
    NOT_SENDING,
    /** A request thread waits because the client does not read the response. */
    NOT_READING,
    /** It holds a connection without a complete request. */
    IDLE;

    /** Returns the name in metrics. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
