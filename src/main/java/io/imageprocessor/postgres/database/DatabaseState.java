package io.imageprocessor.postgres.database;

/** What is known about the database without asking it. Implementations are thread-safe, and never block. */
public interface DatabaseState {

    /** Nothing is known, so each call tries. */
    DatabaseState UNKNOWN = new DatabaseState() {
        @Override
        public boolean isUnavailable() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void failed(Throwable failure) {}
    };

    /** Returns whether the last check failed. */
    boolean isUnavailable();

    /** Returns whether the database can be read and written. */
    boolean isReady();

    /** Notes a failed call whose cause was the database. */
    void failed(Throwable failure);
}
