//! Names and texts inside statements that take no parameters (`CREATE ROLE` and its like).

use goodgo_provider::CheckFailure;
use goodgo_provider::schema::mistake;

/// PostgreSQL cuts longer names, silently (`NAMEDATALEN` - 1).
const LONGEST_NAME: usize = 63;

/// A name in quotes.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes, whatever the server's `standard_conforming_strings`.
pub(crate) fn text(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') {
        format!(" E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

/// What is wrong with a name, if anything.
pub(crate) fn name_mistake(property: &str, name: &str) -> Option<CheckFailure> {
    let message = if name.is_empty() {
        "is empty; give a name".to_owned()
    } else if name.len() > LONGEST_NAME {
        format!("is {} bytes long; PostgreSQL takes {LONGEST_NAME} at most", name.len())
    } else if name.contains('\0') {
        "holds a NUL character, which PostgreSQL does not take".to_owned()
    } else {
        return None;
    };
    Some(mistake(property, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_inside_are_doubled() {
        assert_eq!(name("a\"; DROP ROLE x; --"), "\"a\"\"; DROP ROLE x; --\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text("\\'"), " E'\\\\'''");
    }

    #[test]
    fn names_that_postgresql_would_change_are_refused() {
        assert!(name_mistake("name", "auth-service").is_none());
        assert!(name_mistake("name", &"é".repeat(31)).is_none());
        for bad in ["", "a\0b", &"é".repeat(32)] {
            assert!(name_mistake("name", bad).is_some(), "{bad}");
        }
    }
}
