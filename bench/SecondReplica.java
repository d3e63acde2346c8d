import java.io.IOException;

/**
 * A second replica on the database of the first. It is killed and started again, and no good client uses it. Used by
 * one thread, and closed when that has ended.
 */
final class SecondReplica implements AutoCloseable {

    /** Starts the replica with this number. */
    @FunctionalInterface
    interface Start {
        Service start(String name) throws IOException, InterruptedException;
    }

    private final Start start;
    private final LogWatch logs;
    private Service service;
    private int starts;
    /** Results that ended replicas had counted when they were asked last. */
    private long countedBefore;

    SecondReplica(Start start, LogWatch logs) throws IOException, InterruptedException {
        this.start = start;
        this.logs = logs;
        begin();
    }

    private void begin() throws IOException, InterruptedException {
        service = start.start("replica-2-" + ++starts);
        logs.add(service.server().log());
    }

    /** Kills the process without a warning, so that its slices have to be taken over, and starts another one. */
    void killAndRestart() throws IOException, InterruptedException {
        if (service.server().isAlive()) {
            countedBefore += Vitals.countedImages(service.server());
            service.server().kill();
            service.close();
        }
        begin();
    }

    int kills() {
        return starts - 1;
    }

    /** Returns the results that all replicas so far have counted, as far as that is known. */
    long countedImages() throws IOException {
        return countedBefore + Vitals.countedImages(service.server());
    }

    @Override
    public void close() {
        service.close();
    }
}
