package io.imageprocessor.job;

import java.time.LocalDate;

/**
 * What was measured at a store on a day, over all jobs that are kept.
 *
 * @param date of the visits, in UTC
 * @param perimeter the sum over the measured images of these visits, in pixels
 */
public record VisitTotal(String storeId, LocalDate date, long perimeter) {}
