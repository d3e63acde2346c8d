package io.imageprocessor.chaos;

import io.imageprocessor.DatabaseProxy;
import io.imageprocessor.DatabaseProxy.Way;
import io.imageprocessor.chaos.ChaosDatabase.End;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What can happen to replicas and their database. Each ends with all of them there again, and ready. */
enum Disturbance {
    REPLICA_KILLED {
        @Override
        void strike(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.kill();
            replica.restart();
        }
    },
    REPLICA_STOPPED {
        @Override
        void strike(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.stop();
            replica.restart();
        }
    },
    /** Others take over what it holds, and then it goes on as if nothing had been. */
    REPLICA_PAUSED {
        @Override
        void strike(Cluster cluster, Random random) throws IOException, InterruptedException {
            Replica replica = cluster.any(random);
            replica.pause();
            hold(3_000 + random.nextInt(2_000));
            replica.resume();
        }
    },
    /** It goes on with what it holds, while others take it over. */
    REPLICA_CUT_OFF {
        @Override
        void strike(Cluster cluster, Random random) {
            DatabaseProxy proxy = cluster.any(random).proxy;
            proxy.set(Way.CUT);
            hold(random.nextInt(5_000));
            proxy.set(Way.OPEN);
        }
    },
    /** What it sent meanwhile arrives late, or never. */
    REPLICA_WITHOUT_ANSWERS {
        @Override
        void strike(Cluster cluster, Random random) {
            DatabaseProxy proxy = cluster.any(random).proxy;
            proxy.set(Way.SILENT);
            hold(random.nextInt(5_000));
            if (random.nextBoolean()) {
                proxy.set(Way.CUT);
            }
            proxy.set(Way.OPEN);
        }
    },
    ALL_CUT_OFF {
        @Override
        void strike(Cluster cluster, Random random) {
            cluster.replicas.forEach(replica -> replica.proxy.set(Way.CUT));
            hold(random.nextInt(5_000));
            cluster.replicas.forEach(replica -> replica.proxy.set(Way.OPEN));
        }
    },
    DATABASE_RESTARTED {
        @Override
        void strike(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.FAST);
            cluster.database.start();
        }
    },
    DATABASE_ENDED_AT_ONCE {
        @Override
        void strike(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.IMMEDIATE);
            hold(random.nextInt(2_000));
            cluster.database.start();
        }
    },
    DATABASE_KILLED {
        @Override
        void strike(Cluster cluster, Random random) throws IOException {
            cluster.database.end(End.KILLED);
            cluster.database.start();
        }
    };

    abstract void strike(Cluster cluster, Random random) throws IOException, InterruptedException;

    /** How long it lasts is what is tested: there is nothing to wait for. */
    private static void hold(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
