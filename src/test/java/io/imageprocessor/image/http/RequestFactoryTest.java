package io.imageprocessor.image.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.imageprocessor.image.ImageFailedException;
import io.imageprocessor.image.http.RequestFactory.Wanted;
import io.imageprocessor.image.url.ImageUrl;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.junit.jupiter.api.Test;

class RequestFactoryTest {

    @Test
    void sendsProductVersionAndContact() throws Exception {
        // The version is that of the jar; tests do not run from a jar.
        assertThat(headers("mailto:ops@example.org", Wanted.WHOLE))
                .contains("User-Agent: image-processor/dev (+mailto:ops@example.org)");
    }

    @Test
    void sendsNoContactIfThereIsNone() throws Exception {
        assertThat(headers("", Wanted.WHOLE)).contains("User-Agent: image-processor/dev");
    }

    @Test
    void sendsNoOtherHeaders() throws Exception {
        assertThat(headers("", Wanted.WHOLE))
                .extracting(line -> line.substring(0, line.indexOf(':')))
                .containsExactly("Host", "User-Agent", "Accept", "Accept-Encoding");
    }

    @Test
    void requestsARangeOnlyForTheBeginning() throws Exception {
        assertThat(headers("", Wanted.BEGINNING)).contains("Range: bytes=0-65535");
    }

    private static List<String> headers(String contact, Wanted wanted) throws ImageFailedException {
        Header[] headers = new RequestFactory(contact)
                .get(ImageUrl.parse("http://shop.example/photo.jpg"), wanted)
                .getHeaders();
        return Arrays.stream(headers).map(Header::toString).toList();
    }
}
