package io.imageprocessor.stores;

/**
 * One store of the store master.
 *
 * @param id the store's id, trimmed and not blank; every lookup of the same store answers this very {@code String}, so
 *     that a job can keep it instead of its own copy
 * @param name the store's name as it stands in the file, trimmed, possibly blank
 * @param area the code of the area that the store lies in, trimmed, possibly blank
 */
public record Store(String id, String name, String area) {}
