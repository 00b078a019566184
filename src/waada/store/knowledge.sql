-- What the outlook has learned from the log, kept so that a node need not read all of it again.

-- name: knowledge
-- Read what was learned of every brand, in the form that this version understands.
SELECT brand_id::text, version, cursor, body FROM knowledge WHERE form = $1;

-- name: keep_knowledge
-- Keep what was learned of a brand, unless another node knows more.
INSERT INTO knowledge (brand_id, form, version, cursor, body) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id) DO UPDATE SET form = excluded.form, version = excluded.version, cursor = excluded.cursor,
    body = excluded.body
WHERE knowledge.form <> excluded.form OR knowledge.version <= excluded.version;
