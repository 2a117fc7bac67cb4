-- Accounts: who can log in.
CREATE TABLE accounts (
    id                  uuid        PRIMARY KEY,
    -- As the person wrote it, for showing and for mail.
    email               text        NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- In lower case, so that one address has one account.
    email_key           text        NOT NULL UNIQUE,
    -- In the PHC string format, with the parameters it was made with.
    password_hash       text        NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now()
);
