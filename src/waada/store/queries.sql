-- Every statement of the store, by name, with one line of what it is for. Loaded by queries.py.
-- Time and ids always come in as parameters.

-- name: append
-- Write the facts of a batch of commands with everything that follows from them: one statement, one transaction, one fsync.
WITH
commits AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::integer[], $6::timestamptz[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::json[])
        AS each (brand_id, stream, stream_kind, version_before, version, at, by_whom, command_id, fingerprint, kinds, bodies, summary)
),
facts AS (
    -- A line each: JSON as we write it holds no line breaks.
    INSERT INTO events (brand_id, stream, version, stream_kind, at, by_whom, command_id, kind, body, summary)
    SELECT brand_id, stream, version_before + number, stream_kind, at, by_whom, command_id, fact.kind, fact.body::json,
        CASE WHEN version_before + number = version THEN summary END
    FROM commits, unnest(string_to_array(kinds, E'\n'), string_to_array(bodies, E'\n')) WITH ORDINALITY AS fact (kind, body, number)
),
known AS (
    INSERT INTO commands (brand_id, command_id, stream, stream_kind, fingerprint, version)
    SELECT brand_id, command_id, stream, stream_kind, fingerprint, version FROM commits
),
states AS (
    INSERT INTO conversations (brand_id, stream, slack, newness, last_at, due_at, waiting_since, version, rank, customer_id, channel,
        holder, assignee, responsible, summary, state)
    SELECT * FROM unnest($13::uuid[], $14::uuid[], $15::bigint[], $16::bigint[], $17::timestamptz[], $18::timestamptz[], $19::timestamptz[],
        $20::integer[], $21::smallint[], $22::uuid[], $23::text[], $24::text[], $25::text[], $26::text[], $27::json[], $28::json[])
    ON CONFLICT (brand_id, stream) DO UPDATE SET slack = excluded.slack, newness = excluded.newness,
        last_at = excluded.last_at, due_at = excluded.due_at, waiting_since = excluded.waiting_since,
        version = excluded.version, rank = excluded.rank, customer_id = excluded.customer_id, holder = excluded.holder, assignee = excluded.assignee,
        responsible = excluded.responsible, summary = excluded.summary, state = excluded.state
),
disarmed AS (
    DELETE FROM timers USING unnest($29::uuid[], $30::uuid[], $31::text[]) AS gone (brand_id, stream, slot)
    WHERE timers.brand_id = gone.brand_id AND timers.stream = gone.stream AND timers.slot = gone.slot
),
armed AS (
    INSERT INTO timers (brand_id, stream, slot, wake_at, due_at, stream_kind, guard)
    SELECT brand_id, stream, slot, due_at, due_at, stream_kind, guard
    FROM unnest($32::uuid[], $33::uuid[], $34::text[], $35::timestamptz[], $36::text[], $37::text[])
        AS new (brand_id, stream, slot, due_at, stream_kind, guard)
    ON CONFLICT (brand_id, stream, slot) DO UPDATE SET wake_at = excluded.wake_at, due_at = excluded.due_at,
        guard = excluded.guard
),
posted AS (
    INSERT INTO outbox (brand_id, key, stream, wake_at, due_at, kind, effect, message_id)
    SELECT brand_id, key, stream, due_at, due_at, kind, effect, message_id
    FROM unnest($38::uuid[], $39::text[], $40::uuid[], $41::timestamptz[], $42::text[], $43::json[], $44::text[])
        AS new (brand_id, key, stream, due_at, kind, effect, message_id)
),
promised AS (
    INSERT INTO promises (brand_id, promise_id, conversation, enquiry_id, made_at, due_at, ended_at, wait_started_at,
        wall_seconds, business_seconds, replaces, channel, channel_kind, language, kind, status, reason, body)
    SELECT * FROM unnest($45::uuid[], $46::uuid[], $47::uuid[], $48::uuid[], $49::timestamptz[], $50::timestamptz[],
        $51::timestamptz[], $52::timestamptz[], $53::double precision[], $54::double precision[], $55::uuid[], $56::text[],
        $57::text[], $58::text[], $59::text[], $60::text[], $61::text[], $62::json[])
    ON CONFLICT (brand_id, promise_id) DO UPDATE SET ended_at = excluded.ended_at, wall_seconds = excluded.wall_seconds,
        business_seconds = excluded.business_seconds, status = excluded.status, reason = excluded.reason, body = excluded.body
),
seen AS (
    INSERT INTO customers (brand_id, customer_id, seen_at, body)
    SELECT * FROM unnest($63::uuid[], $64::uuid[], $65::timestamptz[], $66::json[])
    ON CONFLICT (brand_id, customer_id) DO UPDATE SET seen_at = excluded.seen_at, body = excluded.body
)
INSERT INTO search (brand_id, stream, words)
SELECT brand_id, stream, words::tsvector FROM unnest($67::uuid[], $68::uuid[], $69::text[]) AS new (brand_id, stream, words)
ON CONFLICT (brand_id, stream) DO UPDATE SET words = search.words || excluded.words
WHERE length(search.words) < 6000;

-- name: append_letters
-- Write letters of a batch.
INSERT INTO letters (brand_id, stream, received_at, handled, state)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::boolean[], $5::json[])
ON CONFLICT (brand_id, stream) DO UPDATE SET handled = excluded.handled, state = excluded.state;

-- name: append_brands
-- Write brands of a batch.
INSERT INTO brands (brand_id, slug, state) SELECT * FROM unnest($1::uuid[], $2::text[], $3::json[])
ON CONFLICT (brand_id) DO UPDATE SET state = excluded.state;

-- name: append_refs
-- Remember the Message-IDs of a batch.
INSERT INTO message_refs (brand_id, ref, message_id, conversation)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) ON CONFLICT DO NOTHING;

-- name: append_cancels
-- Take messages that were withdrawn out of the outbox, unless they are on the wire.
DELETE FROM outbox USING unnest($1::uuid[], $2::text[]) AS gone (brand_id, message_id)
WHERE outbox.brand_id = gone.brand_id AND outbox.message_id = gone.message_id AND NOT outbox.leased;

-- name: append_undone
-- Forget promises that an undo took back: made in the conversation, but in its state no more.
DELETE FROM promises USING unnest($1::uuid[], $2::uuid[], $3::text[]) AS undone (brand_id, stream, kept)
WHERE promises.brand_id = undone.brand_id AND promises.promise_id IN (
    SELECT (events.body -> 'promise' ->> 'id')::uuid FROM events
    WHERE events.brand_id = undone.brand_id AND events.stream = undone.stream AND events.kind = 'promise_made'
) AND promises.promise_id::text <> ALL (string_to_array(undone.kept, ' '));

-- name: append_guilty
-- Tell which commits of a batch can't be written: their command is known, or their stream has moved on.
SELECT commits.number, known.command_id IS NOT NULL AS is_known, moved.version IS NOT NULL AS is_taken
FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[]) WITH ORDINALITY AS commits (brand_id, stream, version, command_id, number)
LEFT JOIN commands AS known ON known.brand_id = commits.brand_id AND known.command_id = commits.command_id
LEFT JOIN events AS moved
    ON moved.brand_id = commits.brand_id AND moved.stream = commits.stream AND moved.version = commits.version
WHERE known.command_id IS NOT NULL OR moved.version IS NOT NULL;

-- name: load_conversation
-- Read the states of several conversations.
SELECT wanted.number, conversations.state
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted (brand_id, stream, number)
JOIN conversations ON conversations.brand_id = wanted.brand_id AND conversations.stream = wanted.stream;

-- name: load_letter
-- Read the states of several letters.
SELECT wanted.number, letters.state
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted (brand_id, stream, number)
JOIN letters ON letters.brand_id = wanted.brand_id AND letters.stream = wanted.stream;

-- name: load_brand
-- Read the states of several brands.
SELECT wanted.number, brands.state
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted (brand_id, stream, number)
JOIN brands ON brands.brand_id = wanted.brand_id AND brands.brand_id = wanted.stream;

-- name: brand_named
-- Find a brand by its slug.
SELECT brand_id::text FROM brands WHERE slug = $1;

-- name: brands
-- Read all brands.
SELECT state FROM brands ORDER BY slug;

-- name: recall
-- Read what a command did.
SELECT stream::text, stream_kind, fingerprint, version FROM commands WHERE brand_id = $1 AND command_id = $2;

-- name: drop_timer
-- Remove a stale timer.
DELETE FROM timers WHERE brand_id = $1 AND stream = $2 AND slot = $3 AND guard = $4;

-- name: claim_timers
-- Take due timers that nobody works on, earliest first, until the end of a lease. A lease that is lost with a server that dies
-- is no loss, since a timer counts once however often it is handed over: nobody waits for the disk here.
WITH due AS (
    SELECT brand_id, stream, slot FROM timers, (SELECT set_config('synchronous_commit', 'off', true) OFFSET 0) AS unhurried
    WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 FOR UPDATE OF timers SKIP LOCKED
),
claimed AS (
    UPDATE timers SET wake_at = $3 FROM due
    WHERE timers.brand_id = due.brand_id AND timers.stream = due.stream AND timers.slot = due.slot
    RETURNING timers.brand_id::text, timers.stream::text, timers.slot, timers.guard, timers.due_at, timers.stream_kind
)
SELECT * FROM claimed ORDER BY due_at, stream;

-- name: armed_timers
-- Read every armed timer of a brand, for the law that each open promise has exactly one.
SELECT stream::text, slot, due_at, guard FROM timers WHERE brand_id = $1;

-- name: next_timer_at
-- Tell when a timer comes due next, or a lease ends.
SELECT wake_at FROM timers ORDER BY wake_at LIMIT 1;

-- name: claim_outbox
-- Take effects that are due and that nobody works on, earliest first, until the end of a lease.
WITH due AS (
    SELECT brand_id, key FROM outbox WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED
),
claimed AS (
    UPDATE outbox SET wake_at = $3, leased = true, attempts = attempts + 1 FROM due
    WHERE outbox.brand_id = due.brand_id AND outbox.key = due.key
    RETURNING outbox.brand_id::text, outbox.key, outbox.stream::text, outbox.kind, outbox.effect, outbox.attempts, outbox.due_at
)
SELECT * FROM claimed ORDER BY due_at, key;

-- name: next_outbox_at
-- Tell when an effect comes due next, or a lease ends.
SELECT wake_at FROM outbox ORDER BY wake_at LIMIT 1;

-- name: finish_outbox
-- Forget an effect that was carried out.
DELETE FROM outbox WHERE brand_id = $1 AND key = $2;

-- name: retry_outbox
-- Try an effect again later. It should have left when it was due first.
UPDATE outbox SET wake_at = $3, due_at = $3, leased = false, trouble = $4, cause = $5, wanted_at = coalesce(wanted_at, due_at)
WHERE brand_id = $1 AND key = $2;

-- name: hurry_outbox
-- Make effects of some kinds that met trouble due now, but for those that somebody works on, and tell how many.
WITH hurried AS (
    UPDATE outbox SET wake_at = $2, due_at = $2
    WHERE brand_id = $1 AND trouble IS NOT NULL AND kind = ANY ($3::text[]) AND NOT leased AND due_at > $2
    RETURNING key
)
SELECT count(*) FROM hurried;

-- name: unsent_causes
-- Count the effects of a brand that met trouble, by cause, the most frequent first; nodes of an older version name none.
SELECT coalesce(cause, 'other') AS cause, count(*) AS count, min(coalesce(wanted_at, due_at)) AS since,
    min(due_at) AS due_at, min(trouble COLLATE "C") AS trouble
FROM outbox WHERE brand_id = $1 AND trouble IS NOT NULL AND kind = ANY ($2::text[])
GROUP BY coalesce(cause, 'other') ORDER BY count DESC, cause;

-- name: unsent
-- Read effects of a brand that met trouble with the rows of their conversations: those of one first, then the oldest.
SELECT outbox.stream::text, kind, effect, attempts, coalesce(wanted_at, outbox.due_at) AS since, outbox.due_at, trouble,
    coalesce(cause, 'other') AS cause, conversations.summary
FROM outbox LEFT JOIN conversations ON conversations.brand_id = outbox.brand_id AND conversations.stream = outbox.stream
WHERE outbox.brand_id = $1 AND trouble IS NOT NULL AND kind = ANY ($2::text[])
ORDER BY outbox.stream IS DISTINCT FROM $3::uuid, since, key LIMIT $4;

-- name: queue_lengths
-- Count what waits in timers and outbox of all brands, for the metrics.
SELECT (SELECT count(*) FROM timers) AS timers, (SELECT count(*) FROM outbox) AS outbox,
    (SELECT count(*) FROM outbox WHERE trouble IS NOT NULL) AS in_trouble;

-- name: rows
-- Read a stretch of the queue.
SELECT rank, slack, newness, stream::text, summary FROM conversations
WHERE brand_id = $1 AND rank BETWEEN $2 AND $3 AND (rank, slack, newness, stream) > ($4, $5, $6, $7)
ORDER BY rank, slack, newness, conversations.stream LIMIT $8;

-- name: queue_json
-- Read the rows of everything that is not closed as one JSON list, for the snapshot of a desk: they are JSON already.
SELECT '[' || coalesce(string_agg(summary::text, ','), '') || ']' FROM (
    SELECT summary FROM conversations WHERE brand_id = $1 AND rank BETWEEN 0 AND 1
    ORDER BY rank, slack, newness, stream LIMIT $2
) AS shown;

-- name: rows_mine
-- Read a stretch of what one person has.
SELECT rank, slack, newness, stream::text, summary FROM conversations
WHERE brand_id = $1 AND rank < 2 AND rank BETWEEN $2 AND $3 AND (rank, slack, newness, stream) > ($4, $5, $6, $7) AND holder = $9
ORDER BY rank, slack, newness, conversations.stream LIMIT $8;

-- name: rows_unassigned
-- Read a stretch of what nobody has.
SELECT rank, slack, newness, stream::text, summary FROM conversations
WHERE brand_id = $1 AND rank BETWEEN $2 AND $3 AND (rank, slack, newness, stream) > ($4, $5, $6, $7) AND assignee IS NULL
ORDER BY rank, slack, newness, conversations.stream LIMIT $8;

-- name: facts
-- Read everything that happened in a stream.
SELECT xact::text, position, brand_id::text, stream::text, stream_kind, version, at, by_whom, command_id, kind, body, summary
FROM events WHERE brand_id = $1 AND stream = $2 ORDER BY version;

-- name: feed
-- Read facts after a cursor: those of transactions older than every one that still runs, so that none is skipped.
-- "events." in the order matters: without it PostgreSQL sorts by the text above, and 1000 comes before 999.
SELECT xact::text, position, brand_id::text, stream::text, stream_kind, version, at, by_whom, command_id, kind, body, summary
FROM events WHERE (xact, position) > ($1::text::xid8, $2) AND xact < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY events.xact, events.position LIMIT $3;

-- name: feed_end
-- Tell before which transaction everything can be read.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: feed_behind
-- Tell whether facts are written that the feed can't show yet, because an older transaction still runs.
SELECT EXISTS (SELECT FROM events WHERE xact >= pg_snapshot_xmin(pg_current_snapshot()));

-- name: promise
-- Read a promise.
SELECT conversation::text, body FROM promises WHERE brand_id = $1 AND promise_id = $2;

-- name: letters
-- Read letters, newest first.
SELECT state FROM letters WHERE brand_id = $1 AND handled = $2 ORDER BY received_at DESC, stream DESC LIMIT $3;

-- name: conversations_of
-- Read a customer's conversations, newest first.
SELECT summary FROM conversations WHERE brand_id = $1 AND customer_id = $2 ORDER BY last_at DESC, stream DESC LIMIT $3;

-- name: search_words
-- Find conversations that hold all the words, the latest begun first.
SELECT stream::text FROM search WHERE brand_id = $1 AND words @@ $2::text::tsquery ORDER BY search.stream DESC LIMIT $3;

-- name: search_ids
-- Find conversations whose id begins in a certain way.
SELECT stream::text FROM conversations WHERE brand_id = $1 AND stream BETWEEN $2 AND $3 ORDER BY conversations.stream DESC LIMIT $4;

-- name: rows_of
-- Read the queue rows of certain conversations, newest first.
SELECT summary FROM conversations WHERE brand_id = $1 AND stream = ANY ($2::uuid[]) ORDER BY last_at DESC, stream DESC LIMIT $3;

-- name: on_people
-- Read ids of conversations with an open promise, in order.
SELECT stream::text FROM conversations WHERE brand_id = $1 AND rank = 0 AND due_at IS NOT NULL AND stream > $2 ORDER BY conversations.stream LIMIT $3;

-- name: customer
-- Read a customer as last seen.
SELECT body FROM customers WHERE brand_id = $1 AND customer_id = $2;

-- name: thread_of
-- Find the conversation that a mail belongs to: the latest message with one of these Message-IDs.
SELECT conversation::text, message_id FROM message_refs WHERE brand_id = $1 AND ref = ANY ($2::text[])
ORDER BY array_position($2::text[], ref), message_id DESC LIMIT 1;

-- name: put_blob
-- Keep a file.
INSERT INTO blobs (brand_id, blob, sha256, media_type, size, bytes) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: blob
-- Read a file.
SELECT sha256, media_type, size, bytes FROM blobs WHERE brand_id = $1 AND blob = $2;

-- name: put_draft
-- Keep what a person has begun to write.
INSERT INTO drafts (brand_id, conversation, person, text, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id, conversation, person) DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at;

-- name: draft
-- Read what a person has begun to write.
SELECT text, updated_at FROM drafts WHERE brand_id = $1 AND conversation = $2 AND person = $3;

-- name: drop_draft
-- Forget what a person has begun to write.
DELETE FROM drafts WHERE brand_id = $1 AND conversation = $2 AND person = $3;

-- name: wall_ended
-- Count promises that ended since an instant, by how.
SELECT status, count(*) AS times FROM promises WHERE brand_id = $1 AND ended_at >= $2 GROUP BY status;

-- name: wall_made
-- Count promises made since an instant.
SELECT count(*) FROM promises WHERE brand_id = $1 AND made_at >= $2;

-- name: wall_open
-- Count open promises by the slack they have left.
SELECT count(*) AS open,
    count(*) FILTER (WHERE due_at < $2) AS overdue,
    count(*) FILTER (WHERE due_at >= $2 AND due_at < $2 + interval '5 minutes') AS under_5_min,
    count(*) FILTER (WHERE due_at >= $2 + interval '5 minutes' AND due_at < $2 + interval '1 hour') AS under_1_h,
    count(*) FILTER (WHERE due_at >= $2 + interval '1 hour' AND due_at < $2 + interval '24 hours') AS under_1_day,
    count(*) FILTER (WHERE due_at >= $2 + interval '24 hours') AS later
FROM conversations WHERE brand_id = $1 AND rank = 0;

-- name: wall_letters
-- Count letters that nobody has looked at.
SELECT count(*) FROM letters WHERE brand_id = $1 AND NOT handled;

-- name: waiting_longest
-- Read the open conversations whose customers have waited longest.
SELECT summary FROM conversations WHERE brand_id = $1 AND rank = 0
ORDER BY waiting_since, stream LIMIT $2;

-- name: waits
-- Read the waits that began in a time, each once however often its promise moved.
SELECT conversation::text, enquiry_id::text, wait_started_at, min(channel) AS channel, min(channel_kind) AS channel_kind,
    min(language) AS language,
    min(due_at) FILTER (WHERE replaces IS NULL) AS first_due_at,
    min(kind) FILTER (WHERE replaces IS NULL) AS kind,
    max(ended_at) FILTER (WHERE wall_seconds IS NOT NULL) AS ended_at,
    max(wall_seconds) AS wall_seconds, max(business_seconds) AS business_seconds,
    max(status) FILTER (WHERE wall_seconds IS NOT NULL) AS ended_as,
    count(*) FILTER (WHERE status = 'renegotiated') AS renegotiated,
    count(*) FILTER (WHERE status = 'broken') AS broken,
    (array_agg(reason ORDER BY made_at) FILTER (WHERE replaces IS NOT NULL))[1] AS cause
FROM promises WHERE brand_id = $1 AND made_at >= $2 AND wait_started_at >= $2 AND wait_started_at < $3
GROUP BY conversation, enquiry_id, wait_started_at
ORDER BY wait_started_at, conversation;

-- name: promised
-- Read the first promises of waits that fell due in a time, each with how its wait went.
SELECT first.promise_id::text, first.conversation::text, first.channel, first.channel_kind, first.language, first.kind,
    first.made_at, first.due_at, first.body ->> 'chance' AS chance, first.body ->> 'basis' AS basis,
    CASE WHEN first.status = 'renegotiated' THEN first.ended_at END AS told_at,
    coalesce(CASE WHEN first.wall_seconds IS NOT NULL THEN first.ended_at END, moved.ended_at) AS ended_at,
    coalesce(CASE WHEN first.wall_seconds IS NOT NULL THEN first.status END, moved.status, '') = 'released' AS released,
    coalesce(moved.revisions, 0) AS revisions
FROM promises AS first LEFT JOIN LATERAL (
    SELECT count(*) AS revisions, max(later.ended_at) FILTER (WHERE later.wall_seconds IS NOT NULL) AS ended_at,
        max(later.status) FILTER (WHERE later.wall_seconds IS NOT NULL) AS status
    FROM promises AS later
    WHERE later.brand_id = first.brand_id AND later.conversation = first.conversation AND later.replaces IS NOT NULL
        AND later.enquiry_id = first.enquiry_id AND later.wait_started_at = first.wait_started_at
) AS moved ON first.wall_seconds IS NULL AND first.ended_at IS NOT NULL
WHERE first.brand_id = $1 AND first.due_at >= $2 AND first.due_at < $3 AND first.replaces IS NULL
ORDER BY first.due_at, first.promise_id;

-- name: kept_record
-- Count, by channel, the first promises that fell due in a time and were still wanted then, and how many of them were kept.
SELECT first.channel,
    count(*) FILTER (WHERE first.wall_seconds IS NOT NULL AND first.ended_at <= first.due_at OR moved.ended_at <= first.due_at) AS kept,
    count(*) AS scored
FROM promises AS first LEFT JOIN LATERAL (
    SELECT max(later.ended_at) AS ended_at, max(later.status) AS status
    FROM promises AS later
    WHERE later.brand_id = first.brand_id AND later.conversation = first.conversation AND later.replaces IS NOT NULL
        AND later.enquiry_id = first.enquiry_id AND later.wait_started_at = first.wait_started_at
        AND later.wall_seconds IS NOT NULL
) AS moved ON first.wall_seconds IS NULL AND first.ended_at IS NOT NULL
WHERE first.brand_id = $1 AND first.due_at >= $2 AND first.due_at < $3 AND first.replaces IS NULL
    AND (first.status <> 'released' OR first.ended_at > first.due_at)
    AND (moved.status IS NULL OR moved.status <> 'released' OR moved.ended_at > first.due_at)
GROUP BY first.channel;
