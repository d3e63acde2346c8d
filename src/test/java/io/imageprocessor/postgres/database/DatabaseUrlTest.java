package io.imageprocessor.postgres.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.imageprocessor.postgres.UnusableDatabaseException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    postgres://db/images?password=hush-hush          | , but is postgres://db/images
                    jdbc:mysql://db/images                           | , but is jdbc:mysql://db/images
                    jdbc:postgresql://db:many/images                 | , but is jdbc:postgresql://db:many/images
                    jdbc:postgresql://app:hush-hush@db:5432/images   | , with user and password in settings of their own
                    jdbc:postgresql://app:hu?hush-hush@db:54x/images | , with user and password in settings of their own
                    ${DATABASE_URL}                                  | , but is ${DATABASE_URL}
                    """)
    void rejectsInvalidUrlWithoutItsPassword(String url, String ending) {
        assertThatThrownBy(() -> DatabaseUrl.of(url))
                .isInstanceOf(UnusableDatabaseException.class)
                .hasMessage("spring.datasource.url must look like jdbc:postgresql://localhost:5432/images" + ending);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jdbc:postgresql://db:5432/images                             | db:5432/images
                    jdbc:postgresql://a:1,b:2/images?user=app&password=hush-hush | a:1,b:2/images
                    jdbc:postgresql://db/images&password=hush-hush               | db/images
                    jdbc:postgresql://db/images;password=hush-hush               | db/images
                    jdbc:postgresql://db/images?password=hu@hush-hush            | of spring.datasource.url
                    """)
    void hidesParametersAndPasswords(String url, String shown) {
        assertThat(DatabaseUrl.of(url)).hasToString(shown);
    }
}
