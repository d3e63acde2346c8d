package io.imageprocessor.api;

import io.imageprocessor.job.JobDraft;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the JSON of a submission as a stream, straight into a {@link JobDraft}: a million images are never held as JSON
 * or as objects of their own. Thread-safe.
 */
@Component
class SubmissionReader {

    /** Said of a body that is shorter than it was announced to be. */
    static final String CUT_OFF = "the body ended before its announced length";

    private static final int MAX_NESTING = 100;
    private static final int MAX_STRING_CHARACTERS = 1_000_000;

    private final JsonFactory json = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxStringLength(MAX_STRING_CHARACTERS)
                    .build())
            .build();

    /**
     * Fills the draft from the body.
     *
     * @throws InvalidSubmissionException if the body is not a submission
     * @throws IOException if the body cannot be read; a {@link BodyTooLargeException} if there is too much of it
     */
    void read(InputStream body, JobDraft draft) throws IOException {
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
            new SubmissionParser(parser, draft).parse();
        } catch (JacksonIOException e) {
            if (e.getCause() instanceof EOFException) {
                throw new InvalidSubmissionException(CUT_OFF);
            }
            throw Objects.requireNonNull(e.getCause());
        } catch (StreamConstraintsException e) {
            throw new InvalidSubmissionException("JSON nested too deeply, or a value that is too long" + location(e));
        } catch (JacksonException e) {
            boolean duplicate = e.getOriginalMessage().startsWith("Duplicate");
            throw new InvalidSubmissionException((duplicate ? "duplicate key" : "malformed JSON") + location(e));
        }
    }

    private static String location(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
