package io.imageprocessor.image.format;

import static io.imageprocessor.image.format.UnreadableImageException.Reason.NOT_AN_IMAGE;
import static io.imageprocessor.image.format.UnreadableImageException.Reason.UNSUPPORTED_FORMAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures in formats without a reader: the failure has the name of the format. */
class UnsupportedFormatsTest {

    private final DimensionsReader reader = new DimensionsReader();
    private final byte[] buffer = new byte[DimensionsReader.BUFFER_SIZE];

    private UnreadableImageException failureOf(byte[] file, int atOnce) {
        UnreadableImageException whole = failure(() -> reader.readWhole(new FileSource(file, atOnce, -1), buffer));
        UnreadableImageException header =
                failure(() -> reader.readHeader(new FileSource(file, atOnce, file.length), buffer));
        assertThat(header.clause()).isEqualTo(whole.clause());
        return whole;
    }

    private static UnreadableImageException failure(ThrowingCallable reading) {
        return catchThrowableOfType(UnreadableImageException.class, reading);
    }

    /** Each file is a head, whose bytes are at an offset, in 3,000 bytes that are 0 otherwise. */
    @ParameterizedTest
    @CsvSource({
        "RW2, 0, 4949550018000000",
        "RW2, 0, 4949550008000000",
        "ORF, 0, 4949524F08000000",
        "ORF, 0, 4949525308000000",
        "ORF, 0, 4D4D4F5200000008",
        "RAF, 0, 46554A4946494C4D4343442D52415720",
        "CR3, 0, 000000186674797063727820000000016372782069736F6D",
        "JPEG-LS, 0, FFD8FFF7000B080028003C01011100",
        "JPEG-LS, 0, FFD8FFE000104A46494600010100000100010000FFF7000B080028003C01011100",
        "JPEG-LS, 0, FFD8FFE800045050FFF7000B080028003C01011100",
        "ICNS, 0, 69636E7300000BB869733332",
        "PFM, 0, 50460A36302034300A2D312E300A",
        "PFM, 0, 50660A36302034300A2D312E300A",
        "PFM, 0, 50660D0A36302034300D0A2D312E300D0A",
        "QOI, 0, 716F69660000003C0000002803",
        "Radiance HDR, 0, 233F52414449414E43450A",
        "Radiance HDR, 0, 233F524742450A464F524D41543D",
        "OpenEXR, 0, 762F310102000000",
        "PICT, 512, 0BB8000000000028003C001102FF0C00FFFE",
        "PICT, 512, 0BB8000000000028003C110101000A",
        "PICT, 0, 0BB8000000000028003C001102FF0C00FFFE",
        "SGI, 0, 01DA01010003003C00280003",
        "SGI, 0, 01DA00020001003C",
        "XCF, 0, 67696D7020786366207630313100",
        "DICOM, 128, 4449434D02000000",
        "FITS, 0, 53494D504C4520203D",
        // Others of their kind.
        "X3F, 0, 464F5662",
        "CRW, 0, 49491A000000484541504343445202000100",
        "MRW, 0, 004D524D0000FF00",
        "DPX, 0, 5344505800000800",
        "DPX, 0, 5850445300080000",
        "Cineon, 0, 802A5FD7",
        "JBIG2, 0, 974A42320D0A1A0A",
        "JPEG XS, 0, 0000000C4A5853200D0A870A",
        "KTX, 0, AB4B5458203131BB0D0A1A0A",
        "Farbfeld, 0, 6661726266656C64",
        "ILBM, 0, 464F524D00000BB0494C424D424D4844",
        "ILBM, 0, 464F524D00000BB050424D20424D4844",
        "ANI, 0, 52494646B00B000041434F4E",
        "MIFF, 0, 69643D496D6167654D616769636B0A",
        "XPM, 0, 2F2A2058504D202A2F",
        "PSP, 0, 5061696E742053686F702050726F20496D6167652046696C650A1A",
        "WMF, 0, 010009000003"
    })
    void reportsTheNameOfTheFormat(String name, int offset, String hex) {
        byte[] head = HexFormat.of().parseHex(hex);
        byte[] file = new byte[3000];
        System.arraycopy(head, 0, file, offset, head.length);
        for (int atOnce : new int[] {1, Integer.MAX_VALUE}) {
            UnreadableImageException failure = failureOf(file, atOnce);

            assertThat(failure.clause()).isEqualTo(name + " is not supported");
            assertThat(failure.reason()).isEqualTo(UNSUPPORTED_FORMAT);
        }
    }

    /** A PCX has one byte of signature and many fields. */
    @ParameterizedTest
    @ValueSource(strings = {"0A050108000000003B002700", "0A05010100000000FF021F01", "0A000101000000003B002700"})
    void reportsAPcx(String hex) {
        byte[] head = HexFormat.of().parseHex(hex);
        byte[] file = new byte[3000];
        System.arraycopy(head, 0, file, 0, head.length);
        file[65] = 3;
        file[66] = 60;

        assertThat(failureOf(file, 100).clause()).isEqualTo("PCX is not supported");

        file[64] = 1;
        assertThat(failureOf(file, 100).reason()).as("a reserved byte").isEqualTo(NOT_AN_IMAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SIMPLE is better than complex",
                "PF is short for many things",
                "The next PBM file",
                "FORM 8 of the PBM office",
                "iconography",
                "II. The second chapter"
            })
    void takesNoTextForAnImage(String text) {
        byte[] file = (text + " and so on".repeat(100)).getBytes(StandardCharsets.US_ASCII);

        assertThat(failureOf(file, 100).reason()).isEqualTo(NOT_AN_IMAGE);
    }
}
