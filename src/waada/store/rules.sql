-- What rule packs are judged by. Beside queries.sql, since it is read a few times a day and no hot path needs it.

-- name: rule_waits
-- Read the waits that began in a time, with how each ended and, if asked for, who answered.
-- An answer that was taken back is none: the wait goes on then, and ends at another instant.
WITH waits AS (
    SELECT conversation, enquiry_id, wait_started_at, min(channel_kind) AS channel_kind, min(language) AS language,
        min(kind) FILTER (WHERE replaces IS NULL) AS kind,
        max(ended_at) FILTER (WHERE wall_seconds IS NOT NULL) AS ended_at,
        coalesce(bool_or(status = 'released') FILTER (WHERE wall_seconds IS NOT NULL), false) AS released
    FROM promises WHERE brand_id = $1 AND made_at >= $2 AND wait_started_at >= $2 AND wait_started_at < $3
    GROUP BY conversation, enquiry_id, wait_started_at
),
answers AS (
    SELECT DISTINCT ON (stream, at) stream, at, body ->> 'person_id' AS person_id
    FROM events WHERE brand_id = $1 AND kind = 'person_wrote' AND at >= $2 AND $4
    ORDER BY stream, at, version DESC
)
SELECT waits.*, gone.outcome, answers.person_id
FROM waits
LEFT JOIN answers ON NOT waits.released AND answers.stream = waits.conversation AND answers.at = waits.ended_at
LEFT JOIN LATERAL (
    SELECT body ->> 'outcome' AS outcome FROM events
    WHERE waits.released AND brand_id = $1 AND stream = conversation
        AND kind = 'enquiry_ended' AND body ->> 'enquiry_id' = enquiry_id::text
    ORDER BY version DESC LIMIT 1
) AS gone ON true
ORDER BY wait_started_at, conversation;

-- name: rule_asks
-- Read the times a customer asked for a person, each with when a person next wrote; an answer that was taken back is none.
SELECT asked.at, conversations.summary ->> 'channel_kind' AS channel_kind, answer.answered_at
FROM events AS asked
JOIN conversations ON conversations.brand_id = $1 AND conversations.stream = asked.stream
LEFT JOIN LATERAL (
    SELECT min(wrote.at) AS answered_at FROM events AS wrote
    WHERE wrote.brand_id = $1 AND wrote.stream = asked.stream AND wrote.version > asked.version AND wrote.kind = 'person_wrote'
        AND NOT EXISTS (
            SELECT FROM events AS undone
            WHERE undone.brand_id = $1 AND undone.stream = asked.stream AND undone.kind = 'undone' AND undone.version > wrote.version
                AND (undone.body -> 'withdrawn')::jsonb ? (wrote.body -> 'message' ->> 'id')
        )
) AS answer ON true
WHERE asked.brand_id = $1 AND asked.kind = 'person_asked_for' AND asked.at >= $2 AND asked.at < $3
ORDER BY asked.at, asked.stream;
