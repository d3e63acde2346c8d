/** What the service is deployed with is held against what would read it, and against the program. */
@NullMarked
package io.imageprocessor.deploy;

import org.jspecify.annotations.NullMarked;
