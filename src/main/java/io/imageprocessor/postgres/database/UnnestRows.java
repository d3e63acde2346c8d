package io.imageprocessor.postgres.database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;
import org.springframework.jdbc.core.RowMapper;

/**
 * Collects rows, column by column, as the parameters of {@code unnest(?, ?, ...)}. So many rows take one statement and
 * one round trip. Not thread-safe.
 */
public final class UnnestRows {

    private final String[] types;
    private final List<List<@Nullable Object>> values = new ArrayList<>();

    /** @param types the type of each column, by PostgreSQL's name */
    public UnnestRows(String... types) {
        this.types = types;
        for (int i = 0; i < types.length; i++) {
            values.add(new ArrayList<>());
        }
    }

    /**
     * Adds a row.
     *
     * @param row one value per column
     */
    public void add(@Nullable Object... row) {
        if (row.length != types.length) {
            throw new IllegalArgumentException(row.length + " values for " + types.length + " columns");
        }
        for (int i = 0; i < row.length; i++) {
            values.get(i).add(row[i]);
        }
    }

    public int size() {
        return values.getFirst().size();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    public void clear() {
        values.forEach(List::clear);
    }

    /**
     * Runs a statement that changes rows.
     *
     * @param before parameters before the columns
     * @return the number of changed rows
     */
    public int update(JdbcTemplate jdbc, String sql, Object... before) {
        return Objects.requireNonNull(jdbc.execute(sql, (PreparedStatementCallback<Integer>) statement -> {
            bind(statement, before);
            return statement.executeUpdate();
        }));
    }

    /**
     * Runs a statement that returns rows.
     *
     * @param before parameters before the columns
     */
    public <T> List<T> query(JdbcTemplate jdbc, String sql, RowMapper<T> mapper, Object... before) {
        return Objects.requireNonNull(jdbc.execute(sql, (PreparedStatementCallback<List<T>>) statement -> {
            bind(statement, before);
            List<T> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(mapper.mapRow(row, rows.size()));
                }
            }
            return rows;
        }));
    }

    private void bind(PreparedStatement statement, Object[] before) throws SQLException {
        for (int i = 0; i < before.length; i++) {
            statement.setObject(i + 1, before[i]);
        }
        for (int i = 0; i < types.length; i++) {
            List<@Nullable Object> column = values.get(i);
            statement.setArray(
                    before.length + i + 1,
                    statement.getConnection().createArrayOf(types[i], elements(types[i], column)));
        }
    }

    /** Returns an array of a type that the driver sends in binary form. It would send an Object[] as text. */
    private static @Nullable Object[] elements(String type, List<@Nullable Object> column) {
        return switch (type) {
            case "int4" -> column.toArray(new @Nullable Integer[0]);
            case "int8" -> column.toArray(new @Nullable Long[0]);
            case "bool" -> column.toArray(new @Nullable Boolean[0]);
            case "text" -> column.toArray(new @Nullable String[0]);
            case "uuid" -> column.toArray(new @Nullable UUID[0]);
            case "timestamptz" -> column.toArray(new @Nullable OffsetDateTime[0]);
            case "bytea" -> column.toArray(new byte @Nullable [0][]);
            default -> throw new IllegalArgumentException("unsupported column type " + type);
        };
    }
}
