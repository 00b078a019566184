-- Who can sign in and who is signed in. These are no facts: nothing here belongs in a log that is kept for ever.

CREATE TABLE credentials (
    brand_id uuid NOT NULL,
    person_id uuid NOT NULL,
    email text COLLATE "C" NOT NULL, -- in small letters
    password_hash text NOT NULL, -- argon2id, with its salt and costs
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, person_id)
);
CREATE INDEX credentials_email ON credentials (email);

-- hash is of what the cookie holds.
CREATE TABLE sessions (
    hash text COLLATE "C" PRIMARY KEY,
    brand_id uuid NOT NULL,
    person_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX sessions_person ON sessions (brand_id, person_id);

-- hash is of the token in the link.
CREATE TABLE invitations (
    hash text COLLATE "C" PRIMARY KEY,
    brand_id uuid NOT NULL,
    person_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX invitations_person ON invitations (brand_id, person_id);

CREATE TABLE sign_in_failures (
    email text COLLATE "C" PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL
);
