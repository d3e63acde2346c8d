/** Starts the service: command line and environment in, a running application of all modules out. */
@NullMarked
package io.imageprocessor;

import org.jspecify.annotations.NullMarked;
