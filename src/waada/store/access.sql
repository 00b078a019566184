-- Who can sign in and who is signed in. Passwords, sessions and invitations are kept as hashes only.

-- name: credentials_of
-- Read the credentials of an e-mail address, one per brand.
SELECT brand_id::text, person_id::text, email, password_hash, changed_at FROM credentials WHERE email = $1
ORDER BY brand_id LIMIT 20;

-- name: set_credential
-- Set a person's address and password.
INSERT INTO credentials (brand_id, person_id, email, password_hash, changed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id, person_id) DO UPDATE SET email = excluded.email, password_hash = excluded.password_hash,
    changed_at = excluded.changed_at;

-- name: rename_credential
-- Let a person sign in with another address.
UPDATE credentials SET email = $3 WHERE brand_id = $1 AND person_id = $2;

-- name: drop_credential
-- Forget the password of a person who is gone.
DELETE FROM credentials WHERE brand_id = $1 AND person_id = $2;

-- name: drop_invitations
-- Forget the invitations of a person who is gone.
DELETE FROM invitations WHERE brand_id = $1 AND person_id = $2;

-- name: begin_session
-- Keep a new session.
INSERT INTO sessions (hash, brand_id, person_id, made_at, seen_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: session
-- Read a session.
SELECT hash, brand_id::text, person_id::text, made_at, seen_at FROM sessions WHERE hash = $1;

-- name: touch_sessions
-- Slide sessions along, never back, and tell which of them there still are.
UPDATE sessions SET seen_at = greatest(seen_at, $2) WHERE hash = ANY ($1::text[]) RETURNING hash;

-- name: end_session
-- Sign out.
DELETE FROM sessions WHERE hash = $1;

-- name: end_sessions
-- Sign a person out everywhere but in one session.
DELETE FROM sessions WHERE brand_id = $1 AND person_id = $2 AND hash IS DISTINCT FROM $3::text;

-- name: last_seen
-- Tell when each person of a brand was last seen.
SELECT person_id::text, max(seen_at) AS seen_at FROM sessions WHERE brand_id = $1 GROUP BY person_id;

-- name: invite
-- Keep an invitation; the same one twice is one.
INSERT INTO invitations (hash, brand_id, person_id, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: invitation
-- Read an invitation.
SELECT hash, brand_id::text, person_id::text, expires_at, used_at FROM invitations WHERE hash = $1;

-- name: use_invitation
-- Use an invitation up; no row when somebody did before.
UPDATE invitations SET used_at = $2 WHERE hash = $1 AND used_at IS NULL RETURNING hash;

-- name: sign_in_failures
-- Read failed sign-ins of an address.
SELECT failures, last_at FROM sign_in_failures WHERE email = $1;

-- name: sign_in_failed
-- Count a failed sign-in, forgetting those before an instant.
INSERT INTO sign_in_failures (email, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (email) DO UPDATE SET last_at = excluded.last_at,
    failures = CASE WHEN sign_in_failures.last_at < $3 THEN 1 ELSE sign_in_failures.failures + 1 END
RETURNING failures;

-- name: sign_in_forgiven
-- Forget failed sign-ins after a good one.
DELETE FROM sign_in_failures WHERE email = $1;

-- name: sweep_sessions
-- Remove sessions not used since an instant.
DELETE FROM sessions WHERE seen_at < $1;

-- name: sweep_failures
-- Remove failed sign-ins older than an instant.
DELETE FROM sign_in_failures WHERE last_at < $1;
