package io.imageprocessor.stores;

/**
 * One store of the store master.
 *
 * @param id the store's id, trimmed and not blank; every lookup returns the same {@code String}, so a job can keep it
 *     instead of a copy
 * @param name the store's name in the file, trimmed, possibly blank
 * @param area the code of the store's area, trimmed, possibly blank
 */
public record Store(String id, String name, String area) {}
