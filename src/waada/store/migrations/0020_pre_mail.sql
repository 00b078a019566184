-- What mail keeps beside the log: raw messages, where they lay in mailboxes, where mailboxes stand, the local outbox.

-- Every message that arrived, as it came. wake_at is when the sweep may take it, while it is not carried out.
CREATE TABLE mail_raw (
    brand_id uuid NOT NULL,
    raw_id uuid NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    turn integer NOT NULL,
    channel text NOT NULL,
    how text NOT NULL,
    received_at timestamptz NOT NULL,
    wake_at timestamptz NOT NULL,
    size bigint NOT NULL,
    cut boolean NOT NULL,
    envelope_from text,
    envelope_to text[] NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'stored',
    attempts integer NOT NULL DEFAULT 0,
    opened boolean NOT NULL DEFAULT false,
    stream uuid,
    kind text,
    fingerprint text COLLATE "C",
    message_id text,
    writer text COLLATE "C",
    trouble text,
    raw bytea NOT NULL,
    PRIMARY KEY (brand_id, raw_id)
);
ALTER TABLE mail_raw ALTER COLUMN raw SET STORAGE EXTERNAL; -- attachments hardly shrink, and packing 25 MB takes a second
CREATE INDEX mail_raw_waiting ON mail_raw (wake_at) WHERE state = 'stored';
CREATE INDEX mail_raw_writer ON mail_raw (brand_id, writer, received_at) WHERE writer IS NOT NULL;
CREATE INDEX mail_raw_same ON mail_raw (brand_id, sha256, turn);

-- Where messages lay in mailboxes. raw_id is null for those that were read by somebody before we came.
CREATE TABLE mail_spots (
    brand_id uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    folder text COLLATE "C" NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    at timestamptz NOT NULL,
    raw_id uuid,
    PRIMARY KEY (brand_id, channel, folder, uidvalidity, uid)
);

-- Where the fetching of each mailbox stands. One node at a time holds it.
CREATE TABLE mailboxes (
    brand_id uuid NOT NULL,
    channel text COLLATE "C" NOT NULL,
    folder text NOT NULL DEFAULT '',
    uidvalidity bigint,
    last_uid bigint NOT NULL DEFAULT 0,
    connected boolean NOT NULL DEFAULT false,
    success_at timestamptz,
    trouble text,
    trouble_at timestamptz,
    reconciled_at timestamptz,
    in_mailbox bigint,
    missing bigint,
    before bigint,
    holder text,
    held_until timestamptz,
    PRIMARY KEY (brand_id, channel)
);

-- Mails that would have been sent, on an installation without a mail server.
CREATE TABLE mail_posted (
    brand_id uuid NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    sender text NOT NULL,
    recipients text[] NOT NULL,
    subject text NOT NULL,
    raw bytea NOT NULL,
    PRIMARY KEY (brand_id, message_id)
);
CREATE INDEX mail_posted_newest ON mail_posted (brand_id, at DESC, message_id DESC);
