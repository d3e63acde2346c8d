-- Jobs, their images and results, and who works on which part of them. Written by io.imageprocessor.postgres.
-- No foreign keys: each result would lock its job's row to check one; jobs are written and deleted as a whole.

-- Ids that clients see; below 2^53, so that a double holds each exactly.
CREATE SEQUENCE job_id AS bigint MAXVALUE 9007199254740991 NO CYCLE;

-- A job and how its images stand, counted; pending is what is left of images. A job that ended at -infinity is being
-- deleted, and nobody sees it any more.
CREATE TABLE job (
    id           bigint      PRIMARY KEY,
    submitted_at timestamptz NOT NULL,
    label        text,
    retry_of     bigint,
    key          text,
    fingerprint  text,
    images       integer     NOT NULL,
    downloadable integer     NOT NULL,
    running      integer     NOT NULL DEFAULT 0,
    succeeded    integer     NOT NULL DEFAULT 0,
    failed       integer     NOT NULL DEFAULT 0,
    cancelled    integer     NOT NULL DEFAULT 0,
    state        text        NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    retries      bigint[]    NOT NULL DEFAULT '{}',
    version      bigint      NOT NULL DEFAULT 0,
    -- Whether job_store.cancelled is filled in, which is done after a job was cancelled, by whoever asks first.
    settled      boolean     NOT NULL DEFAULT true,
    CHECK (running >= 0 AND running + succeeded + failed + cancelled <= images),
    CHECK ((state = 'ongoing') = (finished_at IS NULL))
) WITH (fillfactor = 50); -- counted up many times a second, in place
CREATE INDEX job_by_state ON job (state, id);
CREATE INDEX job_by_submission ON job (submitted_at);
CREATE INDEX job_by_end ON job (finished_at) WHERE finished_at IS NOT NULL;

-- The stores of a job as they were known at its submission, and what failed of their images.
CREATE TABLE job_store (
    job_id       bigint  NOT NULL,
    store_id     text    NOT NULL,
    known        boolean NOT NULL,
    name         text    NOT NULL,
    area_code    text    NOT NULL,
    first_image  integer NOT NULL,
    images       integer NOT NULL,
    failed       integer NOT NULL DEFAULT 0,
    cancelled    integer NOT NULL DEFAULT 0,
    -- The failed image with the lowest index, and why it failed; no image but code 'cancelled' if none failed.
    first_failed integer,
    code         text,
    message      text,
    PRIMARY KEY (job_id, store_id)
) WITH (fillfactor = 80);
CREATE INDEX job_store_by_store ON job_store (store_id, job_id);
-- By code, which changes once, and not by the counts: a row whose indexed columns stay is counted up in place.
CREATE INDEX job_store_failed ON job_store (job_id, first_image) WHERE code IS NOT NULL;

-- A visit and which images of the job were taken there. Its time to the nanosecond, from 1970.
CREATE TABLE visit (
    job_id         bigint  NOT NULL,
    first_image    integer NOT NULL,
    images         integer NOT NULL,
    store_id       text    NOT NULL,
    visited_second bigint  NOT NULL,
    visited_nano   integer NOT NULL,
    PRIMARY KEY (job_id, first_image)
);
CREATE INDEX visit_by_store ON visit (job_id, store_id, first_image);

-- Some hundred successive images of a job, which are worked on by one replica: see SliceLayout.
CREATE TABLE slice (
    job_id      bigint  NOT NULL,
    first_image integer NOT NULL,
    urls        text[]  NOT NULL,
    PRIMARY KEY (job_id, first_image)
);

-- Which images of a slice were started and which have a result: bit i is image first_image + i, the lowest bit of the
-- first byte first. Apart from the URLs, which would be copied with each change.
CREATE TABLE slice_progress (
    job_id      bigint  NOT NULL,
    first_image integer NOT NULL,
    started     bytea   NOT NULL,
    done        bytea   NOT NULL,
    PRIMARY KEY (job_id, first_image)
) WITH (fillfactor = 50);

-- What became of an image that was worked through, once and for all. code is null if it succeeded.
CREATE TABLE image_result (
    job_id      bigint  NOT NULL,
    image       integer NOT NULL,
    attempts    integer NOT NULL,
    download_ms integer NOT NULL,
    width       integer,
    height      integer,
    gpu_ms      integer,
    bytes       bigint,
    format      text,
    code        text,
    message     text,
    PRIMARY KEY (job_id, image)
);
CREATE INDEX image_result_failed ON image_result (job_id, code, image) WHERE code IS NOT NULL;

-- Idempotency keys: claimed by a submission that is being read, or used for a job; free again from free_at on.
CREATE TABLE submission_key (
    key         text        PRIMARY KEY,
    free_at     timestamptz NOT NULL,
    fingerprint text,
    job_id      bigint
);
CREATE INDEX submission_key_by_end ON submission_key (free_at);

-- The table of db-scheduler: a row for each slice that is not worked through. Small, and always changing.
CREATE TABLE scheduled_tasks (
    task_name            text        NOT NULL,
    task_instance        text        NOT NULL,
    task_data            bytea,
    execution_time       timestamptz NOT NULL,
    picked               boolean     NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      NOT NULL,
    priority             smallint,
    PRIMARY KEY (task_name, task_instance)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX scheduled_tasks_by_turn ON scheduled_tasks (priority, execution_time) WHERE NOT picked;
CREATE INDEX scheduled_tasks_by_heartbeat ON scheduled_tasks (last_heartbeat) WHERE picked;
