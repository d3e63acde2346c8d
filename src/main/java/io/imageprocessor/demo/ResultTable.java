package io.imageprocessor.demo;

import io.imageprocessor.job.ImageResult;
import java.util.List;

/** Formats results as a table, at most 100 characters wide. */
final class ResultTable {

    private static final int OUTCOME_WIDTH = 40;
    private static final String COLUMNS = "%-9s  %-13s  %5s  %6s  %9s  %6s  %s";

    private ResultTable() {}

    static List<String> header() {
        return List.of(
                COLUMNS.formatted("store", "photo", "width", "height", "perimeter", "millis", "outcome"), rule());
    }

    static String rule() {
        return COLUMNS.formatted(
                "-".repeat(9),
                "-".repeat(13),
                "-".repeat(5),
                "-".repeat(6),
                "-".repeat(9),
                "-".repeat(6),
                "-".repeat(OUTCOME_WIDTH));
    }

    /** Returns the row of an image: the photo is the last part of the URL, the time is that of download and GPU. */
    static String row(String storeId, String url, ImageResult result) {
        String photo = url.substring(url.lastIndexOf('/') + 1);
        return switch (result) {
            case ImageResult.Succeeded ok ->
                COLUMNS.formatted(
                        storeId,
                        photo,
                        ok.width(),
                        ok.height(),
                        ok.perimeter(),
                        ok.downloadMillis() + ok.gpuMillis(),
                        "ok");
            case ImageResult.Failed failed ->
                COLUMNS.formatted(
                        storeId,
                        photo,
                        "-",
                        "-",
                        "-",
                        failed.attempts() == 0 ? "-" : failed.downloadMillis(),
                        shorten(failed.code().code() + ": " + failed.message()));
            case ImageResult.Cancelled _ ->
                COLUMNS.formatted(storeId, photo, "-", "-", "-", "-", shorten(ImageResult.Cancelled.MESSAGE));
        };
    }

    private static String shorten(String outcome) {
        return outcome.length() <= OUTCOME_WIDTH ? outcome : outcome.substring(0, OUTCOME_WIDTH - 3) + "...";
    }
}
