-- The trace that the submission of a job was part of, as the header traceparent tells it.
ALTER TABLE job ADD COLUMN traceparent text;
