package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.FailureCode;
import io.imageprocessor.job.ImageResult;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Maps rows of table {@code image_result}. Thread-safe. */
final class ResultRowMapper {

    private ResultRowMapper() {}

    /** Returns the result in a row of an outer join; empty if the image has none. */
    static Optional<ImageResult> result(ResultSet row) throws SQLException {
        int attempts = row.getInt("attempts");
        if (row.wasNull()) {
            return Optional.empty();
        }
        int downloadMillis = row.getInt("download_ms");
        String code = row.getString("code");
        return Optional.of(
                code == null
                        ? new ImageResult.Succeeded(
                                row.getInt("width"),
                                row.getInt("height"),
                                row.getString("format"),
                                row.getLong("bytes"),
                                attempts,
                                downloadMillis,
                                row.getInt("gpu_ms"))
                        : new ImageResult.Failed(
                                FailureCode.of(code).orElseThrow(),
                                row.getString("message"),
                                attempts,
                                downloadMillis));
    }
}
