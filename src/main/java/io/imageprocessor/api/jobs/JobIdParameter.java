package io.imageprocessor.api.jobs;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a parameter as the id of a job. Any text is taken, and if it is no id, there is no such job. */
@Parameter(
        required = true,
        description = "The job's id, as the submission was answered.",
        schema = @Schema(ref = "#/components/schemas/JobId"),
        example = "244612345679872")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
@interface JobIdParameter {}
