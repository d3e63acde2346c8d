package io.imageprocessor.postgres.reading;

import io.imageprocessor.job.Visit;
import io.imageprocessor.stores.Store;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps the visits of images and their stores. Successive images of a visit share one object. Not thread-safe. */
final class VisitRowMapper {

    private @Nullable Visit last;

    /** Returns the visit in a row of tables {@code visit} and {@code job_store}. */
    Visit visit(ResultSet row) throws SQLException {
        int firstImage = row.getInt("first_image");
        Visit visit = last;
        if (visit == null || visit.firstImage() != firstImage) {
            visit = restored(row, firstImage);
            last = visit;
        }
        return visit;
    }

    private static Visit restored(ResultSet row, int firstImage) throws SQLException {
        String storeId = row.getString("store_id");
        Optional<Store> store = row.getBoolean("known")
                ? Optional.of(new Store(storeId, row.getString("name"), row.getString("area_code")))
                : Optional.empty();
        Instant time = Instant.ofEpochSecond(row.getLong("visited_second"), row.getInt("visited_nano"));
        return Visit.restored(storeId, store, time, firstImage, row.getInt("images"));
    }
}
