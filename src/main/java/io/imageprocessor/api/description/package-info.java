/** Describes the API as OpenAPI 3.1: controllers, an overlay and example files in, one description out. */
@NullMarked
package io.imageprocessor.api.description;

import org.jspecify.annotations.NullMarked;
