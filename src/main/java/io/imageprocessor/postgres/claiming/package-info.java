/** Claims slices of jobs for this replica: slices in the database in, their images in the local queue out. */
@NullMarked
package io.imageprocessor.postgres.claiming;

import org.jspecify.annotations.NullMarked;
