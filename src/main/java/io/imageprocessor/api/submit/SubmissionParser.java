package io.imageprocessor.api.submit;

import io.imageprocessor.api.IsoTime;
import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobDraft;
import io.imageprocessor.stores.UnicodeBlanks;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;

/**
 * Parses one submission into a draft. Fields may be in any order, and unknown fields are ignored. An error names the
 * first invalid field by its path, such as {@code visits[3].store_id}. Not thread-safe.
 */
final class SubmissionParser {

    private static final int MAX_TEXT_LENGTH = 255;

    private final JsonParser json;
    private final WeighedInput input;
    private final JobDraft draft;

    /** The last visit_time and its value, because the visits of a job often have the same. */
    private @Nullable String lastTimeText;

    private Instant lastTime = Instant.EPOCH;

    SubmissionParser(JsonParser json, WeighedInput input, JobDraft draft) {
        this.json = json;
        this.input = input;
        this.draft = draft;
    }

    void parse() {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw RejectedException.badRequest("the body must be a JSON object");
        }
        Long count = null;
        boolean hasLabel = false;
        boolean hasVisits = false;
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            json.nextToken();
            switch (field) {
                case "count" -> {
                    requireFirst(count == null, "count");
                    count = count();
                }
                case "label" -> {
                    requireFirst(!hasLabel, "label");
                    label();
                    hasLabel = true;
                }
                case "visits" -> {
                    requireFirst(!hasVisits, "visits");
                    visits();
                    hasVisits = true;
                }
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw RejectedException.badRequest("the body must be one JSON object and nothing after it");
        }
        if (count == null) {
            throw RejectedException.badRequest("count is required");
        }
        if (!hasVisits) {
            throw RejectedException.badRequest("visits is required");
        }
        if (count != draft.visitCount()) {
            throw RejectedException.badRequest("count does not match number of visits");
        }
    }

    private long count() {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType("count", "an integer");
        }
        // A number outside the range of long cannot equal the number of visits.
        return json.getNumberType() == NumberType.BIG_INTEGER ? -1 : json.getLongValue();
    }

    private void label() {
        if (json.currentToken() != JsonToken.VALUE_NULL) {
            draft.label(text(() -> "label"));
        }
    }

    private void visits() {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrongType("visits", "an array");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            visit();
        }
        if (draft.visitCount() == 0) {
            throw RejectedException.badRequest("visits must not be empty");
        }
    }

    private void visit() {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrongType("visits[" + draft.visitCount() + "]", "an object");
        }
        String storeId = null;
        Instant time = null;
        boolean hasImages = false;
        for (String field = json.nextName(); field != null; field = json.nextName()) {
            json.nextToken();
            switch (field) {
                case "store_id" -> {
                    requireFirst(storeId == null, "store_id");
                    storeId = text(() -> path("store_id"));
                }
                case "visit_time" -> {
                    requireFirst(time == null, "visit_time");
                    time = visitTime();
                }
                case "image_url" -> {
                    requireFirst(!hasImages, "image_url");
                    images();
                    hasImages = true;
                }
                default -> json.skipChildren();
            }
        }
        if (storeId == null) {
            throw RejectedException.badRequest(path("store_id") + " is required");
        }
        if (!hasImages) {
            throw RejectedException.badRequest(path("image_url") + " is required");
        }
        if (time == null) {
            throw RejectedException.badRequest(path("visit_time") + " is required");
        }
        draft.endVisit(storeId, time);
    }

    /** Returns the current string, which must not be blank, too long, or no text that every client can read. */
    private String text(Supplier<String> path) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(path.get(), "a string");
        }
        String text = string();
        if (UnicodeBlanks.isBlank(text)) {
            throw RejectedException.badRequest(path.get() + " must not be blank");
        }
        if (text.length() > MAX_TEXT_LENGTH) {
            throw RejectedException.badRequest(
                    path.get() + " must not be longer than " + MAX_TEXT_LENGTH + " characters");
        }
        if (hasUnpairedSurrogate(text)) {
            throw RejectedException.badRequest(path.get() + " must not contain an unpaired surrogate");
        }
        return text;
    }

    /** JSON can escape half of a character. Many clients could not read a response that contains it. */
    private static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private String string() {
        String text = json.getString();
        input.textRead();
        return text;
    }

    private Instant visitTime() {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(path("visit_time"), "a string");
        }
        String text = string();
        if (!text.equals(lastTimeText)) {
            lastTime = time(text);
            lastTimeText = text;
        }
        return lastTime;
    }

    private Instant time(String text) {
        try {
            return IsoTime.parse(text);
        } catch (IllegalArgumentException e) {
            throw (RejectedException) RejectedException.badRequest(path("visit_time") + " must be " + e.getMessage())
                    .initCause(e);
        }
    }

    private void images() {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrongType(path("image_url"), "an array of strings");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw wrongType(path("image_url") + "[" + draft.imagesInVisit() + "]", "a string");
            }
            draft.addImage(string());
        }
        if (draft.imagesInVisit() == 0) {
            throw RejectedException.badRequest(path("image_url") + " must not be empty");
        }
    }

    /**
     * Rejects a duplicate key. Jackson could detect it, but keeps all keys of an object: a client could fill the heap.
     */
    private static void requireFirst(boolean first, String field) {
        if (!first) {
            throw RejectedException.badRequest("duplicate key " + field);
        }
    }

    private RejectedException wrongType(String path, String description) {
        boolean isNull = json.currentToken() == JsonToken.VALUE_NULL;
        return RejectedException.badRequest(path + " must " + (isNull ? "not be null" : "be " + description));
    }

    private String path(String field) {
        return "visits[" + draft.visitCount() + "]." + field;
    }
}
