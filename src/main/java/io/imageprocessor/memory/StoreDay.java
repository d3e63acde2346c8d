package io.imageprocessor.memory;

import java.time.LocalDate;

/**
 * A store and a day on which it was visited.
 *
 * @param date in UTC
 */
record StoreDay(String storeId, LocalDate date) {}
