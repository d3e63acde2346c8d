/** Leaves out auto-configurations of Spring Boot that the settings do not need: settings in, package prefixes out. */
@NullMarked
package io.imageprocessor.autoconfigure;

import org.jspecify.annotations.NullMarked;
