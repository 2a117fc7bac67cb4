-- Sessions: each is the family of refresh tokens that descend from one login.
CREATE TABLE sessions (
    id              uuid        PRIMARY KEY,
    account_id      uuid        NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The generation of the one token that can be used; each use raises it.
    generation      integer     NOT NULL DEFAULT 0 CHECK (generation >= 0),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The absolute end; the idle end counts from last_used_at.
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    revoked_because text CHECK (revoked_because IN ('logout', 'reuse')),
    CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
);

CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Refresh tokens. The database knows their SHA-256 only. Used ones are kept as
-- long as their session, because that is what tells a replay from a random text.
CREATE TABLE refresh_tokens (
    digest           bytea       PRIMARY KEY CHECK (length(digest) = 32),
    session_id       uuid        NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    generation       integer     NOT NULL,
    -- When the token was exchanged for its successor.
    replaced_at      timestamptz,
    -- The successor, encrypted with a key that only the token itself yields;
    -- removed as soon as the successor is used.
    sealed_successor bytea,
    UNIQUE (session_id, generation)
);
