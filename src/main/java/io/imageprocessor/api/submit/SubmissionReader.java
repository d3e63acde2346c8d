package io.imageprocessor.api.submit;

import io.imageprocessor.api.RejectedException;
import io.imageprocessor.job.JobDraft;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the JSON of a submission as a stream into a {@link JobDraft}. It never holds the whole JSON or one object per
 * image, because a job may have a million. Thread-safe.
 */
@Component
class SubmissionReader {

    private static final int MAX_NESTING = 100;
    private static final int MAX_STRING_CHARACTERS = 1_000_000;

    private final JsonFactory json = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxStringLength(MAX_STRING_CHARACTERS)
                    .build())
            .build();

    /**
     * Fills the draft from the body.
     *
     * @throws RejectedException if the body is not a valid submission
     * @throws IOException if reading the body fails
     */
    void read(InputStream body, JobDraft draft) throws IOException {
        WeighedInput input = new WeighedInput(body, draft, MAX_STRING_CHARACTERS);
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), new StrictUtf8Input(input))) {
            new SubmissionParser(parser, input, draft).parse();
        } catch (JacksonIOException e) {
            if (e.getCause() instanceof CharConversionException) {
                throw RejectedException.badRequest("malformed JSON");
            }
            throw Objects.requireNonNull(e.getCause());
        } catch (StreamConstraintsException e) {
            throw RejectedException.badRequest("JSON nested too deeply, or a value that is too long" + location(e));
        } catch (JacksonException e) {
            throw RejectedException.badRequest("malformed JSON" + location(e));
        }
    }

    private static String location(JacksonException e) {
        TokenStreamLocation location = e.getLocation();
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
