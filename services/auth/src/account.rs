//! Accounts, as they are stored.

use sqlx::{PgPool, Row as _};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::password::StoredHash;

/// An e-mail address that may belong to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    shown: String,
    key: String,
}

impl Email {
    /// Reads an address. Only what no mail server would accept is refused: the
    /// one proof of an address is a message that arrives.
    ///
    /// # Errors
    /// What is wrong, as a predicate of "the address".
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or("must be of the form name@domain")?;
        if text.len() > 254 || local.len() > 64 {
            return Err("is longer than an e-mail address can be");
        }
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '@';
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        if local.is_empty() || local.chars().any(odd) || !domain.split('.').all(label) {
            return Err("must be of the form name@domain");
        }
        Ok(Self { shown: text.to_owned(), key: text.to_lowercase() })
    }

    /// The address as it was written.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What is the same for all spellings of the address.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// What a login needs of an account.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub id: Uuid,
    /// Its password's hash.
    pub hash: StoredHash,
}

/// What an account's owner sees of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The account.
    pub id: Uuid,
    /// The address as it was written.
    pub email: String,
    /// When the account was made.
    pub created_at: OffsetDateTime,
}

/// Makes an account; `false` when the address has one already.
///
/// # Errors
/// When the database fails.
pub async fn create(pool: &PgPool, email: &Email, hash: &StoredHash) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO accounts (id, email, email_key, password_hash) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (email_key) DO NOTHING";
    let query = sqlx::query(sql)
        .bind(Uuid::now_v7())
        .bind(email.shown())
        .bind(email.key())
        .bind(hash.as_str());
    Ok(query.execute(pool).await?.rows_affected() == 1)
}

/// The credentials of the account with this address.
///
/// # Errors
/// When the database fails.
pub async fn credentials(pool: &PgPool, email: &Email) -> Result<Option<Credentials>, sqlx::Error> {
    let sql = "SELECT id, password_hash FROM accounts WHERE email_key = $1";
    let row = sqlx::query(sql).bind(email.key()).fetch_optional(pool).await?;
    row.map(|row| {
        let hash = StoredHash::from_stored(row.try_get("password_hash")?);
        Ok(Credentials { id: row.try_get("id")?, hash })
    })
    .transpose()
}

/// Replaces the hash of an account, unless somebody else has in the meantime.
///
/// # Errors
/// When the database fails.
pub async fn rehash(pool: &PgPool, old: &Credentials, new: &StoredHash) -> Result<(), sqlx::Error> {
    let sql = "UPDATE accounts SET password_hash = $2 WHERE id = $1 AND password_hash = $3";
    let query = sqlx::query(sql).bind(old.id).bind(new.as_str()).bind(old.hash.as_str());
    query.execute(pool).await.map(|_| ())
}

/// The profile of an account.
///
/// # Errors
/// When the database fails.
pub async fn profile(pool: &PgPool, id: Uuid) -> Result<Option<Profile>, sqlx::Error> {
    let sql = "SELECT id, email, created_at FROM accounts WHERE id = $1";
    let row = sqlx::query(sql).bind(id).fetch_optional(pool).await?;
    row.map(|row| {
        Ok(Profile {
            id: row.try_get("id")?,
            email: row.try_get("email")?,
            created_at: row.try_get("created_at")?,
        })
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::Email;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in ["a@b", "Some.One+tag@Example.org", "tên@ví-dụ.vn", "  a@b.c  ", "o'neil@x.ie"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b..c", "a@-b", "a b@c", "a@b@c", "a@b c", "a\n@b"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert!(Email::parse(&format!("{}@b", "a".repeat(65))).is_err());
        assert!(Email::parse(&format!("a@{}", "b".repeat(253))).is_err());
    }

    #[test]
    fn spelling_in_capitals_is_the_same_address() {
        let email = Email::parse(" Some.One@Example.org").unwrap();
        assert_eq!((email.shown(), email.key()), ("Some.One@Example.org", "some.one@example.org"));
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_the_same(text in "\\PC{0,40}(@\\PC{0,40})?") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.shown()), Ok(email.clone()));
            }
        }
    }
}
