/** Downloads over HTTP. A URL goes in, a body of bounded length and time comes out. */
@NullMarked
package io.imageprocessor.image.http;

import org.jspecify.annotations.NullMarked;
