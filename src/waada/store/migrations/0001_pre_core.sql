-- The log of facts, what is folded from it, and what has to happen next.
-- Every key starts with the brand; nothing refers across brands, so that brands can be moved or sharded.
-- There are no rules, triggers or foreign keys: the engine is the one door, and one transaction writes it all.

-- Facts. A reader who wants all of them in order takes (xact, position) below the oldest transaction still running:
-- positions are handed out before commit, so their order alone would let a reader run past a late one.
CREATE TABLE events (
    brand_id uuid NOT NULL,
    stream uuid NOT NULL,
    version integer NOT NULL,
    position bigserial NOT NULL,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL,
    stream_kind text NOT NULL,
    by_whom text NOT NULL,
    command_id text NOT NULL,
    kind text NOT NULL,
    body json NOT NULL,
    summary json, -- the queue row after the command, on its last fact
    PRIMARY KEY (brand_id, stream, version)
);
CREATE INDEX events_feed ON events (xact, position);

-- What each command did, so that a repeated one counts once.
CREATE TABLE commands (
    brand_id uuid NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    stream_kind text NOT NULL,
    fingerprint text NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (brand_id, command_id)
);

-- The state of each conversation: a cache of its facts. (rank, slack, newness) is its place in a queue: rank 0 open, 1 answered,
-- 2 closed; slack the due time of an open one, else 0; newness the negative time of the last activity (microseconds).
-- holder is whose it is: the assignee, or while nobody has an open one, who is responsible.
CREATE TABLE conversations (
    brand_id uuid NOT NULL,
    stream uuid NOT NULL,
    slack bigint NOT NULL,
    newness bigint NOT NULL,
    last_at timestamptz NOT NULL,
    due_at timestamptz,
    waiting_since timestamptz,
    version integer NOT NULL,
    rank smallint NOT NULL,
    customer_id uuid NOT NULL,
    channel text NOT NULL,
    holder text COLLATE "C",
    assignee text COLLATE "C",
    responsible text COLLATE "C",
    summary json NOT NULL,
    state json NOT NULL,
    PRIMARY KEY (brand_id, stream)
) WITH (fillfactor = 80, toast_tuple_target = 8160); -- compressing two kilobytes at every command costs more than the room
CREATE INDEX conversations_queue ON conversations (brand_id, rank, slack, newness, stream);
CREATE INDEX conversations_mine ON conversations (brand_id, holder, rank, slack, newness, stream) WHERE holder IS NOT NULL AND rank < 2;
CREATE INDEX conversations_customer ON conversations (brand_id, customer_id);

CREATE TABLE letters (
    brand_id uuid NOT NULL,
    stream uuid NOT NULL,
    received_at timestamptz NOT NULL,
    handled boolean NOT NULL,
    state json NOT NULL,
    PRIMARY KEY (brand_id, stream)
);
CREATE INDEX letters_newest ON letters (brand_id, handled, received_at DESC, stream DESC);

CREATE TABLE brands (
    brand_id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL CONSTRAINT brands_slug UNIQUE,
    state json NOT NULL
);

-- Armed timers. wake_at is due_at, or the end of the lease while somebody works on it.
CREATE TABLE timers (
    brand_id uuid NOT NULL,
    stream uuid NOT NULL,
    slot text COLLATE "C" NOT NULL,
    wake_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    stream_kind text NOT NULL,
    guard text NOT NULL,
    PRIMARY KEY (brand_id, stream, slot)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX timers_next ON timers (wake_at);

-- Effects to carry out. wake_at is due_at, or the end of the lease while somebody works on it.
CREATE TABLE outbox (
    brand_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    wake_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    leased boolean NOT NULL DEFAULT false,
    kind text NOT NULL,
    effect json NOT NULL,
    message_id text COLLATE "C",
    trouble text,
    PRIMARY KEY (brand_id, key)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbox_next ON outbox (wake_at);
CREATE INDEX outbox_message ON outbox (brand_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_trouble ON outbox (brand_id, due_at) WHERE trouble IS NOT NULL;

-- Promises, by themselves, for their page and for figures. A wait is what is written once however often its promise was
-- renegotiated: wait_started_at names it, and the promise that was open at its end carries its two lengths.
CREATE TABLE promises (
    brand_id uuid NOT NULL,
    promise_id uuid NOT NULL,
    conversation uuid NOT NULL,
    enquiry_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    wait_started_at timestamptz NOT NULL,
    wall_seconds double precision,
    business_seconds double precision,
    replaces uuid,
    channel text NOT NULL,
    channel_kind text NOT NULL,
    language text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    reason text,
    body json NOT NULL,
    PRIMARY KEY (brand_id, promise_id)
) WITH (fillfactor = 80);
CREATE INDEX promises_made ON promises (brand_id, made_at);
CREATE INDEX promises_ended ON promises (brand_id, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE customers (
    brand_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    seen_at timestamptz NOT NULL,
    body json NOT NULL,
    PRIMARY KEY (brand_id, customer_id)
) WITH (fillfactor = 80);

-- The words of each conversation, each with its brand in front (see searching.py), so that brands don't slow each other down.
CREATE TABLE search (
    brand_id uuid NOT NULL,
    stream uuid NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (brand_id, stream)
) WITH (fillfactor = 80);
CREATE INDEX search_words ON search USING gin (words) WITH (gin_pending_list_limit = 1024);

-- Message-IDs of mail, for putting an answer into its thread.
CREATE TABLE message_refs (
    brand_id uuid NOT NULL,
    ref text COLLATE "C" NOT NULL,
    message_id text COLLATE "C" NOT NULL,
    conversation uuid NOT NULL,
    PRIMARY KEY (brand_id, ref, message_id)
);

CREATE TABLE blobs (
    brand_id uuid NOT NULL,
    blob text COLLATE "C" NOT NULL,
    sha256 text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (brand_id, blob)
);
ALTER TABLE blobs ALTER COLUMN bytes SET STORAGE EXTERNAL; -- files are compressed already

CREATE TABLE drafts (
    brand_id uuid NOT NULL,
    conversation uuid NOT NULL,
    person text COLLATE "C" NOT NULL,
    text text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, conversation, person)
);
