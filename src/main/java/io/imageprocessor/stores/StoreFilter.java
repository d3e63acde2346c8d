package io.imageprocessor.stores;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which stores are asked for: those that fit every part that is present.
 *
 * @param area code of the area that they lie in
 * @param text what their id or name contains, upper and lower case being the same
 */
public record StoreFilter(Optional<String> area, Optional<String> text) {

    /** Whether a store of the area fits. */
    Predicate<Store> hasText() {
        if (text.isEmpty()) {
            return _ -> true;
        }
        Predicate<String> contains = Pattern.compile(
                        text.get(), Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .asPredicate();
        return store -> contains.test(store.id()) || contains.test(store.name());
    }
}
