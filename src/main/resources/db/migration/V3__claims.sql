-- Which claim an idempotency key belongs to: a claim is renewed every few seconds, so free_at no longer tells one from
-- another.
ALTER TABLE submission_key ADD COLUMN claim uuid;
