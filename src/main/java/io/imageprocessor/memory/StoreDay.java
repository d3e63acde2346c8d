package io.imageprocessor.memory;

import java.time.LocalDate;

/**
 * A store and the day of a visit.
 *
 * @param date date in UTC
 */
record StoreDay(String storeId, LocalDate date) {}
