package io.imageprocessor;

import io.imageprocessor.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** The database of an {@link OwnDatabase} test, as a superuser. Thread-safe. */
final class ServiceDatabase {

    private final String url = TestDatabase.create();
    private final String name = url.replaceFirst("^.*/(test_\\d+)\\?.*$", "$1");
    private final String role = "service_of_" + name;

    private ServiceDatabase() throws SQLException {
        sql(
                "CREATE ROLE $role LOGIN",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO $role",
                "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO $role");
    }

    /** Creates the database before the beans, and becomes a bean. */
    static final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            try {
                ServiceDatabase database = new ServiceDatabase();
                context.getBeanFactory().registerSingleton("serviceDatabase", database);
                TestPropertyValues.of("spring.datasource.url="
                                + database.url.replaceFirst("user=[^&]*", "user=" + database.role))
                        .applyTo(context);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    String name() {
        return name;
    }

    /** Runs statements, with {@code $role} for the role of the service and {@code $name} for this database. */
    void sql(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(named(sql));
            }
        }
    }

    /** Runs a query that returns a number. */
    int count(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(named(query))) {
            result.next();
            return result.getInt(1);
        }
    }

    private String named(String sql) {
        return sql.replace("$role", role).replace("$name", name);
    }
}
