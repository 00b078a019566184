-- What a brand's waits have taught, as a cache of the log up to a cursor: it is recomputed where it is missing.

CREATE TABLE knowledge (
    brand_id uuid PRIMARY KEY,
    form smallint NOT NULL,
    version bigint NOT NULL,
    cursor text NOT NULL,
    body jsonb NOT NULL
);
