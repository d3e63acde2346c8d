package io.imageprocessor.stores;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Selects stores. A store must match every part that is present.
 *
 * @param area the code of the store's area
 * @param text a text in the store's id or name; case is ignored
 */
public record StoreFilter(Optional<String> area, Optional<String> text) {

    /** Returns a predicate for the text only; the registry selects the area by its index. */
    Predicate<Store> textPredicate() {
        if (text.isEmpty()) {
            return _ -> true;
        }
        Predicate<String> contains = Pattern.compile(
                        text.get(), Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .asPredicate();
        return store -> contains.test(store.id()) || contains.test(store.name());
    }
}
