package io.imageprocessor.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A database and three replicas of the service. */
final class Cluster implements AutoCloseable {

    private static final int REPLICAS = 3;

    final ChaosDatabase database;
    final List<Replica> replicas = new ArrayList<>();

    Cluster(Path folder) throws IOException {
        database = new ChaosDatabase(folder);
        for (int number = 1; number <= REPLICAS; number++) {
            replicas.add(new Replica(folder, number, database.port()));
        }
    }

    void awaitReady() {
        replicas.forEach(Replica::awaitReady);
    }

    Replica any(Random random) {
        return replicas.get(random.nextInt(replicas.size()));
    }

    @Override
    public void close() throws IOException {
        for (Replica replica : replicas) {
            replica.close();
        }
        database.close();
    }
}
