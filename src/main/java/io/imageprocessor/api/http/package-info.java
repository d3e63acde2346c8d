/**
 * What applies to every call. Connections come in through {@code ClientProtocol}, which limits what slow clients hold.
 * Requests pass the filters of {@code Accept} and origin, and responses go out with default headers.
 */
@NullMarked
package io.imageprocessor.api.http;

import org.jspecify.annotations.NullMarked;
