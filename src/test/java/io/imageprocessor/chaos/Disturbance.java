package io.imageprocessor.chaos;

import io.imageprocessor.DatabaseProxy;
import io.imageprocessor.DatabaseProxy.Way;
import io.imageprocessor.chaos.ChaosDatabase.End;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A failure of replicas or of their database. After each one, all of them are started and connected again. */
enum Disturbance {
    REPLICA_KILLED {
        @Override
        void apply(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.kill();
            replica.restart();
        }
    },
    REPLICA_STOPPED {
        @Override
        void apply(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.stop();
            replica.restart();
        }
    },
    /** Others take over the slices of the replica, which then continues as if nothing had happened. */
    REPLICA_PAUSED {
        @Override
        void apply(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.pause();
            elapse(3_000 + random.nextInt(2_000));
            replica.resume();
        }
    },
    /** The replica continues its work while others take over its slices. */
    REPLICA_CUT_OFF {
        @Override
        void apply(Cluster cluster, Random random) {
            DatabaseProxy proxy = cluster.any(random).proxy;
            proxy.set(Way.CUT);
            elapse(random.nextInt(5_000));
            proxy.set(Way.OPEN);
        }
    },
    /** Statements that the replica sends meanwhile arrive late or never. */
    REPLICA_WITHOUT_ANSWERS {
        @Override
        void apply(Cluster cluster, Random random) {
            DatabaseProxy proxy = cluster.any(random).proxy;
            proxy.set(Way.SILENT);
            elapse(random.nextInt(5_000));
            if (random.nextBoolean()) {
                proxy.set(Way.CUT);
            }
            proxy.set(Way.OPEN);
        }
    },
    ALL_CUT_OFF {
        @Override
        void apply(Cluster cluster, Random random) {
            cluster.replicas.forEach(replica -> replica.proxy.set(Way.CUT));
            elapse(random.nextInt(5_000));
            cluster.replicas.forEach(replica -> replica.proxy.set(Way.OPEN));
        }
    },
    DATABASE_RESTARTED {
        @Override
        void apply(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.FAST);
            cluster.database.start();
        }
    },
    DATABASE_ENDED_AT_ONCE {
        @Override
        void apply(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.IMMEDIATE);
            elapse(random.nextInt(2_000));
            cluster.database.start();
        }
    },
    DATABASE_KILLED {
        @Override
        void apply(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.KILLED);
            cluster.database.start();
        }
    };

    abstract void apply(Cluster cluster, Random random) throws IOException, InterruptedException;

    /** Lets a time pass. There is no condition to wait for: the duration of the failure is under test. */
    private static void elapse(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
