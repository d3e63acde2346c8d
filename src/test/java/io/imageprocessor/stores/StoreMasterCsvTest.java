package io.imageprocessor.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class StoreMasterCsvTest {

    private static final String QUOTED_ROW = "\"7100015\",\"Harbour Street Grocers\",\"S00339218\"\r\n";

    private static final String HEADER = "AreaCode,StoreName,StoreID\n";

    static final StoreMasterLimits LIMITS = new StoreMasterLimits(DataSize.ofMegabytes(1), DataSize.ofMegabytes(4));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void createPath() {
        file = folder.resolve("stores.csv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AreaCode,StoreName,StoreID\n7100015,Harbour Street Grocers,S00339218\n",
                "area_code,store_name,store_id\n7100015,Harbour Street Grocers,S00339218\n",
                "STOREID, Store_Name ,areacode\nS00339218,Harbour Street Grocers,7100015\n",
                "phone,StoreID,StoreName,AreaCode,note\n555,S00339218,Harbour Street Grocers,7100015,\n",
                "AreaCode,StoreName,StoreID\r\n7100015,Harbour Street Grocers,S00339218\r\n",
                "AreaCode,StoreName,StoreID\n7100015,Harbour Street Grocers,S00339218",
                "\uFEFFAreaCode,StoreName,StoreID\n7100015,Harbour Street Grocers,S00339218\n",
                "\uFEFF\"AreaCode\",\"StoreName\",\"StoreID\"\r\n" + QUOTED_ROW,
                "\n  \nAreaCode,StoreName,StoreID\n\n7100015,Harbour Street Grocers,S00339218\n\r\n \n\n",
                "AreaCode,StoreName,StoreID\n 7100015,Harbour Street Grocers ,\" S00339218\t\"\n",
            })
    void readsEveryLayoutInUse(String text) {
        assertThat(load(text)).containsExactly(new Store("S00339218", "Harbour Street Grocers", "7100015"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HEADER + ",,\n7100015,Harbour Street Grocers,S00339218\n,,\n,,\n",
                ",,\r\n" + HEADER + "7100015,Harbour Street Grocers,S00339218\r\n,,",
                HEADER + " ,\"\",\u00A0\n7100015,Harbour Street Grocers,S00339218\n",
                HEADER + ",,,,\n7100015,Harbour Street Grocers,S00339218\n,\n",
                HEADER + "7100015,Harbour Street Grocers,S00339218,, \n",
                "AreaCode,StoreName,StoreID,,\n7100015,Harbour Street Grocers,S00339218,,\n,,,,\n",
                "AreaCode,StoreName,StoreID,,\n7100015,Harbour Street Grocers,S00339218\n,,,,\n",
                "AreaCode,StoreName,StoreID,Note,By\n7100015,Harbour Street Grocers,S00339218\n",
                "AreaCode,StoreName,StoreID,Note,By\n7100015,Harbour Street Grocers,S00339218,new\n",
                ";;\n" + HEADER + "7100015,Harbour Street Grocers,S00339218\n",
                ",,\nAreaCode;StoreName;StoreID\n7100015;Harbour Street Grocers;S00339218\n"
            })
    void skipsTheBlankRowsAndCellsThatSpreadsheetsLeave(String text) {
        assertThat(load(text)).containsExactly(new Store("S00339218", "Harbour Street Grocers", "7100015"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00A0",
                "\u0085",
                "\u1680",
                "\u2007",
                "\u202F",
                "\u3000",
                "\u200B",
                "\u200E",
                "\u202A",
                "\u2060",
                "\u2066",
                "\u061C",
                "\u00AD",
                "\uFEFF",
                " \u00A0\t"
            })
    void trimsUnicodeBlanks(String blank) {
        String text = "#AreaCode#,#StoreName#,#StoreID#\n#7100015#,#Harbour Street Grocers#,#S00339218#\n#,#,#\n";

        StoreRegistry registry = new StoreRegistry(load(text.replace("#", blank)));

        Store harbour = new Store("S00339218", "Harbour Street Grocers", "7100015");
        assertThat(registry.all()).containsExactly(harbour);
        assertThat(registry.find(blank + "S00339218" + blank)).contains(harbour);
        assertThat(registry.inArea(blank + "7100015")).containsExactly(harbour);
    }

    @Test
    void keepsUnicodeBlanksInsideACell() {
        assertThat(load(HEADER + "1,\u00A0Caf\u00E9\u00A0Nord\u00A0,S\u00A01\n"))
                .containsExactly(new Store("S\u00A01", "Caf\u00E9\u00A0Nord", "1"));
    }

    @Test
    void comparesIdsWithoutTheirUnicodeBlanks() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,b,\u00A0S1\n"))
                .isEqualTo(", line 3: duplicate store id S1 (first on line 2)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AreaCode;StoreName;StoreID\n7100015;Mill Lane, Northgate;S1\n;;\n",
                "\uFEFFarea_code;store_name;store_id\r\n7100015;\"Mill Lane, Northgate\";S1\r\n",
                "AreaCode\tStoreName\tStoreID\n7100015\tMill Lane, Northgate\tS1\n\t\t\n",
                "\"StoreID\";\"Note, if any\";\"AreaCode\";\"StoreName\"\nS1;;7100015;Mill Lane, Northgate\n",
                "StoreID\tnote;a,b,c\tAreaCode\tStoreName\nS1\t;\t7100015\t\"Mill Lane, Northgate\"\n",
                ";;\n\nAreaCode;StoreName;StoreID\n7100015;Mill Lane, Northgate;S1\n",
                "sep=;\r\nAreaCode;StoreName;StoreID\r\n7100015;Mill Lane, Northgate;S1\r\n",
                "sep=;;;\r\nAreaCode;StoreName;StoreID\r\n7100015;Mill Lane, Northgate;S1\r\n",
                "SEP=\t\nAreaCode\tStoreName\tStoreID\n7100015\tMill Lane, Northgate\tS1\n",
                "sep=,\nAreaCode,StoreName,StoreID\n7100015,\"Mill Lane, Northgate\",S1\n"
            })
    void recognizesTheSeparatorByTheHeader(String text) {
        assertThat(load(text)).containsExactly(new Store("S1", "Mill Lane, Northgate", "7100015"));
    }

    @Test
    void keepsSeparatorsAndLineBreaksOfQuotedCellsWhateverTheSeparator() {
        assertThat(load("AreaCode;StoreName;StoreID\n1;\"a;b\nc\";S1\n1;\"the \"\"Corner\"\"\";S2\n"))
                .extracting(Store::name)
                .containsExactly("a;b\nc", "the \"Corner\"");
    }

    @Test
    void reportsErrorsWhateverTheSeparator() {
        assertThat(messageOf("AreaCode;StoreName\n1;a\n"))
                .isEqualTo(", line 1: column StoreID (or store_id) is missing");
        assertThat(messageOf("AreaCode;StoreName;StoreID\n1,a,S1\n"))
                .isEqualTo(", line 2: the row has 1 cells, the header has 3");
        assertThat(messageOf("AreaCode;StoreName;StoreID\n1;\"a\"b;S1\n"))
                .isEqualTo(", line 2: text after the closing quote");
        assertThat(messageOf("AreaCode;StoreName;StoreID\n1;a\"b;S1\n"))
                .isEqualTo(", line 2: a quote inside a cell that does not start with one");
        assertThat(messageOf("AreaCode|StoreName|StoreID\n1|a|S1\n"))
                .isEqualTo(", line 1: column AreaCode (or area_code) is missing");
        assertThat(messageOf("sep=;\nAreaCode;StoreName;StoreID\n")).isEqualTo(", line 2: the file has no store");
        assertThat(messageOf("sep=;\n")).isEqualTo(", line 1: the file is empty");
    }

    static Stream<Charset> utf16() {
        return Stream.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE);
    }

    @ParameterizedTest
    @MethodSource("utf16")
    void readsUtf16ByItsByteOrderMark(Charset charset) {
        write("\uFEFFAreaCode\tStoreName\tStoreID\r\n1\tBrühl-Łąka 東 \uD83D\uDED2\tS1\r\n\t\t\r\n", charset);

        assertThat(StoreMasterCsv.load(file.toString(), LIMITS))
                .containsExactly(new Store("S1", "Brühl-Łąka 東 \uD83D\uDED2", "1"));
    }

    @ParameterizedTest
    @MethodSource("utf16")
    void rejectsInvalidUtf16NamingTheLine(Charset charset) throws IOException {
        byte[] text = ("\uFEFF" + HEADER + "1,a,S1\n1,b?,S2\n").getBytes(charset);
        int mark = new String(text, charset).indexOf('?') * 2;
        byte[] surrogate = "?".getBytes(charset)[0] == 0 ? new byte[] {(byte) 0xD8, 0} : new byte[] {0, (byte) 0xD8};
        System.arraycopy(surrogate, 0, text, mark, 2);
        Files.write(file, text);
        assertThat(messageOf()).isEqualTo(", line 3: not valid UTF-16");

        Files.write(file, Arrays.copyOf("\uFEFFa\nb".getBytes(charset), 7));
        assertThat(messageOf()).isEqualTo(", line 2: not valid UTF-16");
    }

    @ParameterizedTest
    @MethodSource("utf16")
    void limitsTheBytesRowsAndStoresOfUtf16(Charset charset) {
        String rows =
                IntStream.range(0, 30_000).mapToObj("1,a,S%d\n"::formatted).collect(Collectors.joining());
        write("\uFEFF" + HEADER + rows, charset);
        assertThat(messageOf()).matches(", line \\d{5}: too many stores for a heap of \\d+ MB");

        write("\uFEFF" + HEADER + "1,%s,S1\n".formatted("x".repeat(100_000)), charset);
        assertThat(messageOf()).isEqualTo(", line 2: a row longer than 100000 characters");

        write("\uFEFF" + " ".repeat(600_000), charset);
        assertThat(messageOf()).isEqualTo(": larger than 1048576 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void rejectsOtherUnicodeEncodings(String charset) {
        write(HEADER + "1,a,S1\n", Charset.forName(charset));

        assertThat(messageOf()).isEqualTo(", line 1: a character U+0000; UTF-16 is read only with a byte order mark");
    }

    @Test
    void rejectsACharacterThatPostgresCannotStore() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,b,S\0002\n"))
                .isEqualTo(", line 3: a character U+0000; UTF-16 is read only with a byte order mark");
    }

    @Test
    void keepsCommasLineBreaksAndQuotesOfQuotedCells() {
        assertThat(load(HEADER + "1,\"Mill Lane, Northgate\",S1\n2,\"Two\r\nlines\",S2\n3,\"The \"\"Corner\"\"\",S3\n"))
                .extracting(Store::name)
                .containsExactly("Mill Lane, Northgate", "Two\nlines", "The \"Corner\"");
    }

    @Test
    void keepsBackslashesApostrophesAndForeignLetters() {
        assertThat(load(HEADER + "1,Up\\Down\\,S1\n2,\"ends with \\\",S2\n3,O'Dea's Brühl-Łąka 東,S3\n"))
                .extracting(Store::name)
                .containsExactly("Up\\Down\\", "ends with \\", "O'Dea's Brühl-Łąka 東");
    }

    @Test
    void keepsTheOrderOfTheFile() {
        assertThat(load(HEADER + "1,b,S2\n1,a,S1\n1,c,S3\n"))
                .extracting(Store::id)
                .containsExactly("S2", "S1", "S3");
    }

    @Test
    void distinguishesIdsThatDifferOnlyInCase() {
        assertThat(load(HEADER + "1,b,s1\n1,a,S1\n")).extracting(Store::id).containsExactly("s1", "S1");
    }

    @Test
    void rejectsDuplicateIdNamingBothLines() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,b,S2\n\n1,c, S1\n"))
                .isEqualTo(", line 5: duplicate store id S1 (first on line 2)");
    }

    @Test
    void countsPhysicalLinesAcrossQuotedLineBreaks() {
        assertThat(messageOf(HEADER + "1,\"a\n\nb\",S1\r\n1,\"c\r\nd\",S2\n1,e,S1\n"))
                .isEqualTo(", line 7: duplicate store id S1 (first on line 2)");
    }

    @Test
    void reportsTheFirstLineOfARowThatSpansSeveralLines() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,\"b\nc\n\",\n")).isEqualTo(", line 3: blank store id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,a,", "1,a, \t", "1,a,\"\"", "1,a,\u00A0", ",a,\u200B"})
    void rejectsBlankId(String row) {
        assertThat(messageOf(HEADER + row + "\n")).isEqualTo(", line 2: blank store id");
    }

    @Test
    void rejectsRowsWithTooFewOrTooManyCells() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,S2\n")).isEqualTo(", line 3: the row has 2 cells, the header has 3");
        assertThat(messageOf(HEADER + "1,a,S1,,x\n")).isEqualTo(", line 2: the row has 5 cells, the header has 3");
        assertThat(messageOf("AreaCode,StoreName,StoreID,note\n1,a\n"))
                .isEqualTo(", line 2: the row has 2 cells, the header has 4");
        assertThat(messageOf("StoreID,note,AreaCode,StoreName\nS1,,1\n"))
                .isEqualTo(", line 2: the row has 3 cells, the header has 4");
        assertThat(messageOf(HEADER + "1,Mill Lane, Northgate,S1\n"))
                .isEqualTo(", line 2: the row has 4 cells, the header has 3");
    }

    @Test
    void rejectsMissingColumnNamingBothSpellings() {
        assertThat(messageOf("AreaCode,StoreName\n1,a\n"))
                .isEqualTo(", line 1: column StoreID (or store_id) is missing");
        assertThat(messageOf("\narea,StoreName,store_id\n1,a,S1\n"))
                .isEqualTo(", line 2: column AreaCode (or area_code) is missing");
        assertThat(messageOf("1,a,S1\n")).isEqualTo(", line 1: column AreaCode (or area_code) is missing");
    }

    @Test
    void rejectsRepeatedColumnEvenInBothSpellings() {
        assertThat(messageOf("AreaCode,StoreName,StoreID,store_id\n1,a,S1,S1\n"))
                .isEqualTo(", line 1: column StoreID is repeated");
    }

    @Test
    void rejectsEmptyFile() {
        assertThat(messageOf("")).isEqualTo(", line 1: the file is empty");
        assertThat(messageOf("\uFEFF\r\n  \r\n")).isEqualTo(", line 1: the file is empty");
    }

    @Test
    void rejectsFileWithoutStores() {
        assertThat(messageOf("\n" + HEADER + "\n")).isEqualTo(", line 2: the file has no store");
    }

    @Test
    void rejectsQuoteThatIsNeverClosedNamingTheLineWhereItOpens() {
        assertThat(messageOf(HEADER + "1,a,S1\n1,\"b,S2\n1,c,S3\n"))
                .isEqualTo(", line 3: a quote is opened and never closed");
    }

    @Test
    void rejectsMisplacedQuotesInsteadOfMergingRows() {
        assertThat(messageOf(HEADER + "1,\"a\"b,S1\n1,\"c\",S2\n")).isEqualTo(", line 2: text after the closing quote");
        assertThat(messageOf(HEADER + "1,\"a,S1\n1,\"b\",S2\n"))
                .isEqualTo(", line 3: text after the closing quote of a cell that starts on line 2");
        assertThat(messageOf(HEADER + "1,12\" shelf,S1\n"))
                .isEqualTo(", line 2: a quote inside a cell that does not start with one");
    }

    @Test
    void rejectsInvalidUtf8NamingTheLine() throws IOException {
        Files.write(file, (HEADER + "1,a,S1\n1,Brühl,S2\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(messageOf()).isEqualTo(", line 3: not valid UTF-8");
    }

    @Test
    void rejectsUtf8ThatIsTruncated() throws IOException {
        Files.write(file, new byte[] {'a', '\n', (byte) 0xC3});
        assertThat(messageOf()).isEqualTo(", line 2: not valid UTF-8");
    }

    @Test
    void rejectsMissingFile() {
        assertThat(messageOf()).isEqualTo(": no such file");
    }

    @Test
    void reportsTheAbsolutePathOfAMissingRelativePath() {
        assertThat(messageFor("no/such.csv"))
                .isEqualTo("no/such.csv: no such file (absolute path: "
                        + Path.of("no", "such.csv").toAbsolutePath() + ")");
    }

    @Test
    void rejectsDirectory() throws IOException {
        Files.createDirectory(file);
        assertThat(messageOf()).isEqualTo(": a directory, not a file");
    }

    @Test
    void rejectsPathThatCannotBeRead() throws IOException {
        Files.createFile(file);
        assertThat(messageFor(file + "/stores.csv")).startsWith(file + "/stores.csv: cannot be read (");
    }

    @Test
    void rejectsTextThatIsNoPath() {
        assertThat(messageFor("stores\0.csv")).startsWith("stores .csv: not a path (");
    }

    @Test
    @Timeout(10)
    void rejectsANamedPipeWithoutWaitingForItsOtherEnd() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();

        assertThat(messageOf()).isEqualTo(": not a regular file");
    }

    @Test
    @Timeout(10)
    void rejectsADeviceWithoutEnd() {
        assertThat(messageFor("/dev/zero")).isEqualTo("/dev/zero: not a regular file");
    }

    @Test
    void rejectsAFileOverTheLimitWhateverItsContent() throws IOException {
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(300_000_000);
        }

        assertThat(messageOf()).isEqualTo(": larger than 1048576 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,%s,S1\n", "1,\"%s\",S1\n", "1,\"\n%s\",S1\n"})
    void rejectsARowThatIsTooLong(String row) {
        assertThat(messageOf(HEADER + row.formatted("x".repeat(100_000))))
                .matches(", line [23]: a row longer than 100000 characters");
    }

    @Test
    void acceptsALongRow() {
        String name = "x".repeat(99_000);

        assertThat(load(HEADER + "1,%s,S1\n2,%s,S2\n".formatted(name, name)))
                .extracting(Store::name)
                .containsExactly(name, name);
    }

    @Test
    void rejectsMoreStoresThanTheHeapHasRoomFor() {
        String rows =
                IntStream.range(0, 30_000).mapToObj("1,a,S%d\n"::formatted).collect(Collectors.joining());

        assertThat(messageOf(HEADER + rows)).matches(", line \\d{5}: too many stores for a heap of \\d+ MB");
    }

    @Test
    void messageStaysOnOneLineIfIdsContainLineBreaks() {
        assertThat(messageOf(HEADER + "1,a,\"S\r\n1\"\n1,b,\"S\r\n1\"\n"))
                .isEqualTo(", line 4: duplicate store id S 1 (first on line 2)");
    }

    @Test
    void shippedStoreMasterHasTheStoresOfTheExamples() {
        StoreRegistry registry = new StoreRegistry(StoreMasterCsv.load("store_master.csv", LIMITS));
        assertThat(registry.size()).isBetween(4_900, 5_100);
        assertThat(registry.find("S00339218")).isPresent();
        assertThat(registry.find("S01408764")).isPresent();
    }

    private List<Store> load(String text) {
        write(text);
        return StoreMasterCsv.load(file.toString(), LIMITS);
    }

    private String messageOf(String text) {
        write(text);
        return messageOf();
    }

    /** Returns the message without the file name, with which every message starts. */
    private String messageOf() {
        String message = messageFor(file.toString());
        assertThat(message).startsWith(file.toString());
        return message.substring(file.toString().length());
    }

    private static String messageFor(String file) {
        StoreMasterException failure =
                catchThrowableOfType(StoreMasterException.class, () -> StoreMasterCsv.load(file, LIMITS));
        assertThat(failure).hasMessageNotContainingAny("Exception", "java.", "\n");
        return String.valueOf(failure.getMessage());
    }

    private void write(String text) {
        write(text, StandardCharsets.UTF_8);
    }

    private void write(String text, Charset charset) {
        try {
            Files.writeString(file, text, charset);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
