package io.imageprocessor.job;

import java.time.LocalDate;

/**
 * The total perimeter of a store on one day, over all stored jobs.
 *
 * @param date date of the visits, in UTC
 * @param perimeter sum over the measured images of these visits, in pixels
 */
public record VisitTotal(String storeId, LocalDate date, long perimeter) {}
