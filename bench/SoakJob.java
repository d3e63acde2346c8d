import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job that the service has accepted from a client of the soak.
 *
 * @param failing number of its images that fail, because their stores are unknown
 * @param accepted the {@link System#nanoTime()} of the answer to its submission
 */
record SoakJob(String id, int images, int failing, long accepted) {

    private static final Pattern JOB_ID = Pattern.compile("\"job_id\":\\s*\"?(\\d+)");
    private static final Pattern COUNTS = Pattern.compile("\"status\":\"(\\w+)\".*?\"counts\":\\{\"total\":(\\d+),"
            + "\"pending\":(\\d+),\"running\":(\\d+),\"succeeded\":(\\d+),\"failed\":(\\d+),\"cancelled\":(\\d+)}");

    /** Creates the job of an answer to a submission or a retry. */
    static SoakJob of(Http.Answer answer, int images, int failing) throws WrongAnswer {
        Matcher id = JOB_ID.matcher(answer.body());
        if (!id.find()) {
            throw new WrongAnswer("a submission without a job id", answer);
        }
        return new SoakJob(id.group(1), images, failing, System.nanoTime());
    }

    double ageSeconds() {
        return (System.nanoTime() - accepted) / 1e9;
    }

    /** The state of a job and its numbers of images, as one answer shows them. */
    record Counts(String status, int total, int pending, int running, int succeeded, int failed, int cancelled) {

        static Counts of(Http.Answer answer) throws WrongAnswer {
            Matcher counts = COUNTS.matcher(answer.body());
            if (!counts.find()) {
                throw new WrongAnswer("a job without counts", answer);
            }
            int[] numbers = new int[6];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Integer.parseInt(counts.group(i + 2));
            }
            return new Counts(counts.group(1), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
        }

        boolean finished() {
            return !status.equals("ongoing");
        }

        /** Returns the number of images with a result; cancelled ones have none. */
        int results() {
            return succeeded + failed;
        }

        int sum() {
            return pending + running + succeeded + failed + cancelled;
        }
    }
}
