/** Claims slices of jobs for this replica. Slices in the database go in, their images come out in the local queue. */
@NullMarked
package io.imageprocessor.postgres.claiming;

import org.jspecify.annotations.NullMarked;
