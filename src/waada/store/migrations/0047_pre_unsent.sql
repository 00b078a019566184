-- What screens say of an effect that met trouble: why, in a word they have plain words for, and when it should have left.
ALTER TABLE outbox ADD COLUMN cause text, ADD COLUMN wanted_at timestamptz;
