package io.imageprocessor.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and signs of one query, from the first to the last. */
final class QueryTokens {

    /** A backslash in a string is before another, or before a quote: Prometheus refuses {@code "\."}. */
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(\"(?:[^\"\\\\]|\\\\[\"\\\\])*\"|\\[[^]]*]|[a-zA-Z_:][\\w:]*|[\\d.]+(?:[eE][-+]?\\d+)?|=~|!~|[=!<>]=|[-+*/%<>=(){},])\\s*");

    private final List<String> tokens = new ArrayList<>();
    private int position;

    QueryTokens(String query) {
        Matcher token = TOKEN.matcher(query).useAnchoringBounds(true);
        int end = 0;
        while (token.region(end, query.length()).lookingAt()) {
            tokens.add(token.group(1));
            end = token.end();
        }
        if (end < query.length()) {
            throw unknown("token at the start of", query.substring(end), "TOKEN");
        }
    }

    /** The next token, which stays the next; nothing at the end. */
    String peek() {
        return position < tokens.size() ? tokens.get(position) : "";
    }

    String next() {
        String token = peek();
        if (token.isEmpty()) {
            throw new IllegalArgumentException("it ends too early");
        }
        position++;
        return token;
    }

    /** The next token if it is one of these, or else nothing. */
    String accept(String... wanted) {
        return List.of(wanted).contains(peek()) ? next() : "";
    }

    String expect(String... wanted) {
        String token = accept(wanted);
        if (token.isEmpty()) {
            throw unexpected(String.join(" or ", wanted));
        }
        return token;
    }

    /** What is between the quotes. */
    String expectString() {
        if (!peek().startsWith("\"")) {
            throw unexpected("a string");
        }
        String token = next();
        return token.substring(1, token.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    /** All up to the end of a list; the last may have a comma too. */
    void expectList(String end, Runnable element) {
        while (accept(end).isEmpty()) {
            element.run();
            if (!peek().equals(end)) {
                expect(",");
            }
        }
    }

    void expectEnd() {
        if (!peek().isEmpty()) {
            throw unexpected("the end");
        }
    }

    private IllegalArgumentException unexpected(String wanted) {
        return new IllegalArgumentException(
                "%s expected, not %s".formatted(wanted, peek().isEmpty() ? "the end" : peek()));
    }

    static IllegalArgumentException unknown(String what, String token, String where) {
        return new IllegalArgumentException(
                "QueryReader does not know the %s %s: add it to %s".formatted(what, token, where));
    }
}
