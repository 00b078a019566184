-- Statements of the mail channel, by name. Loaded by queries.py. Time and ids always come in as parameters.

-- name: keep_raw
-- Keep a message that arrived and, for a mailbox, where it lay; tells whether it is new.
WITH kept AS (
    INSERT INTO mail_raw (brand_id, raw_id, sha256, turn, channel, how, received_at, wake_at, size, cut, envelope_from, envelope_to, raw)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING raw_id
),
spot AS (
    INSERT INTO mail_spots (brand_id, channel, folder, uidvalidity, uid, at, raw_id)
    SELECT $1, $5, $14::text, $15::bigint, $16::bigint, $7, $2 WHERE $14::text IS NOT NULL ON CONFLICT DO NOTHING
)
SELECT EXISTS (SELECT FROM kept);

-- name: claim_raw
-- Take messages that are stored but not carried out, until the end of a lease.
WITH due AS (
    SELECT brand_id, raw_id FROM mail_raw WHERE state = 'stored' AND wake_at <= $1
    ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE mail_raw SET wake_at = $3 FROM due WHERE mail_raw.brand_id = due.brand_id AND mail_raw.raw_id = due.raw_id
    RETURNING mail_raw.brand_id, mail_raw.raw_id, sha256, turn, channel, how, received_at, size, cut, envelope_from,
        envelope_to, state, attempts, stream, trouble
)
SELECT * FROM claimed ORDER BY received_at, raw_id;

-- name: raw_mail
-- Read a message with its bytes.
SELECT brand_id, raw_id, sha256, turn, channel, how, received_at, size, cut, envelope_from, envelope_to, state, attempts, stream, trouble,
    raw
FROM mail_raw WHERE brand_id = $1 AND raw_id = $2;

-- name: settle_raw
-- Record what became of a message; the first word stands.
UPDATE mail_raw SET state = $3, stream = $4, kind = $5, fingerprint = $6, message_id = $7, writer = $8, opened = $9, trouble = $10
WHERE brand_id = $1 AND raw_id = $2 AND state = 'stored';

-- name: delay_raw
-- Carrying out a message met trouble.
UPDATE mail_raw SET wake_at = $3, trouble = $4, attempts = attempts + 1 WHERE brand_id = $1 AND raw_id = $2 AND state = 'stored';

-- name: last_turn
-- Find the latest arrival of the same bytes.
SELECT turn, received_at FROM mail_raw WHERE brand_id = $1 AND sha256 = $2 ORDER BY turn DESC LIMIT 1;

-- name: written_since
-- Count what an address wrote since an instant.
SELECT count(*) AS mails, count(*) FILTER (WHERE opened) AS opened FROM mail_raw
WHERE brand_id = $1 AND writer = $2 AND received_at > $3 AND state <> 'duplicate';

-- name: raw_counts
-- Count the messages of a brand.
SELECT channel, how, state, count(*) AS messages FROM mail_raw WHERE brand_id = $1 GROUP BY channel, how, state
ORDER BY channel, how, state;

-- name: mailbox
-- Read where a mailbox stands.
SELECT folder, uidvalidity, last_uid, connected, success_at, trouble, trouble_at, reconciled_at, in_mailbox, missing, before
FROM mailboxes WHERE brand_id = $1 AND channel = $2;

-- name: put_mailbox
-- Record how far a mailbox was read and how that went.
INSERT INTO mailboxes (brand_id, channel, folder, uidvalidity, last_uid, connected, success_at, trouble, trouble_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (brand_id, channel) DO UPDATE SET folder = excluded.folder, uidvalidity = excluded.uidvalidity,
    last_uid = excluded.last_uid, connected = excluded.connected, success_at = excluded.success_at, trouble = excluded.trouble,
    trouble_at = excluded.trouble_at;

-- name: put_reconciled
-- Record what was counted in a mailbox.
INSERT INTO mailboxes (brand_id, channel, reconciled_at, in_mailbox, missing, before) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (brand_id, channel) DO UPDATE SET reconciled_at = excluded.reconciled_at, in_mailbox = excluded.in_mailbox,
    missing = excluded.missing, before = excluded.before;

-- name: hold_mailbox
-- Take a mailbox for one node, or keep it.
INSERT INTO mailboxes (brand_id, channel, holder, held_until) VALUES ($1, $2, $3, $5)
ON CONFLICT (brand_id, channel) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE mailboxes.holder IS NULL OR mailboxes.holder = excluded.holder OR mailboxes.held_until <= $4
RETURNING true;

-- name: keep_spots
-- Note messages that are left alone.
INSERT INTO mail_spots (brand_id, channel, folder, uidvalidity, uid, at)
SELECT $1, $2, $3, $4, uid, $6 FROM unnest($5::bigint[]) AS old (uid) ON CONFLICT DO NOTHING;

-- name: spots
-- Read which messages of a mailbox are known.
SELECT uid, raw_id IS NULL AS before FROM mail_spots
WHERE brand_id = $1 AND channel = $2 AND folder = $3 AND uidvalidity = $4;

-- name: post_locally
-- Put a mail into the local outbox, once.
INSERT INTO mail_posted (brand_id, message_id, at, sender, recipients, subject, raw) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: posted
-- Read mails of the local outbox, newest first, from the one after `before`.
SELECT message_id, at, sender, recipients, subject FROM mail_posted
WHERE brand_id = $1 AND ($2::text IS NULL OR (at, message_id) < (
    SELECT seen.at, seen.message_id FROM mail_posted AS seen WHERE seen.brand_id = $1 AND seen.message_id = $2))
ORDER BY at DESC, message_id DESC LIMIT $3;

-- name: posted_mail
-- Read one mail of the local outbox.
SELECT message_id, at, sender, recipients, subject, raw FROM mail_posted WHERE brand_id = $1 AND message_id = $2;
