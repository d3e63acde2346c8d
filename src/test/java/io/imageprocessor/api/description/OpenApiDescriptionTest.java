package io.imageprocessor.api.description;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.ApiClient;
import io.imageprocessor.SameOnAnyStorage;
import io.imageprocessor.ServiceTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/**
 * Checks the generated files against the description that the service serves. {@code ./mvnw test
 * -Dtest=OpenApiDescriptionTest -Ddescription=write} renews them.
 */
@ServiceTest
@SameOnAnyStorage
class OpenApiDescriptionTest {

    private static final boolean RENEW = "write".equals(System.getProperty("description"));

    private static final YAMLMapper YAML = new YAMLMapper(YAMLFactory.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER, YAMLWriteFeature.SPLIT_LINES)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES, YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .stringQuotingChecker(new TimesQuoted())
            .build());

    @LocalServerPort
    int port;

    @Test
    void repositoryHasTheServedDescription() throws IOException {
        assertCurrent(ApiDescription.FILE, YAML.writeValueAsString(served()));
    }

    @Test
    void repositoryHasThePostmanCollectionOfTheServedDescription() throws IOException {
        assertCurrent(Path.of("docs", "postman_collection.json"), new PostmanCollection(served()).json());
    }

    private JsonNode served() {
        return YAML.readTree(new ApiClient(port).get("/v3/api-docs").body());
    }

    private static void assertCurrent(Path file, String current) throws IOException {
        if (RENEW) {
            Files.writeString(file, current);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as("%s is stale; renew it with ./mvnw test -Dtest=OpenApiDescriptionTest -Ddescription=write", file)
                .isEqualTo(current);
    }

    /** Quotes dates, because most YAML readers would not take them for text otherwise. */
    private static final class TimesQuoted extends StringQuotingChecker.Default {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean needToQuoteValue(String value) {
            return value.matches("\\d{4}-.*") || super.needToQuoteValue(value);
        }
    }
}
