/** Describes the API as OpenAPI 3.1: controllers, the description's prose and example files in, one description out. */
@NullMarked
package io.imageprocessor.api.description;

import org.jspecify.annotations.NullMarked;
