//! Identity: the URN of a resource and the type token inside it.
//!
//! The format is Pulumi's (`pulumi/sdk`, `resource/urn`), so that a state can
//! move between the two: `urn:pulumi:<environment>::<project>::<type>::<name>`.
//! The type part is qualified by the types of the parents, joined by `$`.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

const PREFIX: &str = "urn:pulumi:";
const SEPARATOR: &str = "::";

/// The identity of a resource, stable across deploys. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Urn(Arc<str>);

/// Why a text is not a URN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a URN; expected `urn:pulumi:<environment>::<project>::<type>::<name>`")]
pub struct UrnError {
    text: String,
}

impl Urn {
    /// Joins the parts. `qualified` is the type, preceded by the parents' types and `$` each.
    pub fn new(environment: &str, project: &str, qualified: &str, name: &str) -> Self {
        Self(format!("{PREFIX}{environment}::{project}::{qualified}::{name}").into())
    }

    /// Reads a URN.
    ///
    /// # Errors
    /// When the prefix or one of the four parts is missing or empty.
    pub fn parse(text: &str) -> Result<Self, UrnError> {
        let error = || UrnError { text: text.to_owned() };
        let rest = text.strip_prefix(PREFIX).ok_or_else(error)?;
        let parts: Vec<&str> = rest.splitn(4, SEPARATOR).collect();
        if parts.len() != 4 || parts.iter().any(|part| part.is_empty()) {
            return Err(error());
        }
        Ok(Self(text.into()))
    }

    fn part(&self, index: usize) -> &str {
        self.0[PREFIX.len()..].splitn(4, SEPARATOR).nth(index).unwrap_or_default()
    }

    /// The environment, which Pulumi calls the stack.
    pub fn environment(&self) -> &str {
        self.part(0)
    }

    /// The project.
    pub fn project(&self) -> &str {
        self.part(1)
    }

    /// The type, preceded by its parents' types.
    pub fn qualified_type(&self) -> &str {
        self.part(2)
    }

    /// The type token of the resource itself, as in `random:index/randomPassword:RandomPassword`.
    pub fn type_token(&self) -> &str {
        let qualified = self.qualified_type();
        qualified.rsplit_once('$').map_or(qualified, |(_, own)| own)
    }

    /// The name given in the declaration.
    pub fn name(&self) -> &str {
        self.part(3)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Urn {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Urn {
    type Error = UrnError;

    fn try_from(text: String) -> Result<Self, UrnError> {
        Self::parse(&text)
    }
}

impl From<Urn> for String {
    fn from(urn: Urn) -> Self {
        urn.0.as_ref().to_owned()
    }
}

/// A type token, `<package>:<module>:<Name>`, as Pulumi writes them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Type(Arc<str>);

impl Type {
    /// Takes a token as it is.
    pub fn new(token: impl Into<Arc<str>>) -> Self {
        Self(token.into())
    }

    /// The package, by which a provider is chosen: `random` in `random:index/randomPassword:RandomPassword`.
    pub fn package(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    /// The last part, which people read: `RandomPassword`.
    pub fn short(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    /// The whole token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Type {
    fn from(token: &str) -> Self {
        Self::new(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_urn_gives_back_its_parts() {
        let urn =
            Urn::new("local", "goodgo", "goodgo:platform:Postgres$goodgo:process:Process", "pg::x");
        assert_eq!(urn.environment(), "local");
        assert_eq!(urn.project(), "goodgo");
        assert_eq!(urn.type_token(), "goodgo:process:Process");
        assert_eq!(urn.name(), "pg::x");
        assert_eq!(Urn::parse(urn.as_str()), Ok(urn));
    }

    #[test]
    fn texts_that_are_no_urns_are_refused() {
        for text in ["", "urn:pulumi:", "urn:pulumi:a::b::c", "urn:pulumi:a::b::::d", "a::b::c::d"]
        {
            assert!(Urn::parse(text).is_err(), "{text}");
        }
    }
}
