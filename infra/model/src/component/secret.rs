//! A secret that the environment makes for itself, or is given.

use super::{Component, Report, Scope};
use crate::part::{Generated, Part};
use crate::value::{Map, Value};

/// A generated secret. It is made once, kept encrypted in the state and shown nowhere.
#[derive(Clone, Debug)]
pub struct Secret {
    name: String,
    what: Generated,
}

/// What others may use of a [`Secret`].
#[derive(Clone, Debug)]
pub struct SecretRef {
    value: Value,
    public: Option<Value>,
}

impl Secret {
    /// A password of 32 letters and digits (190 bits).
    pub fn password(name: &str) -> Self {
        Self { name: name.to_owned(), what: Generated::Password { length: 32 } }
    }

    /// An Ed25519 key pair (RFC 8032), the private key as PKCS#8 in PEM.
    pub fn ed25519(name: &str) -> Self {
        Self { name: name.to_owned(), what: Generated::Ed25519 }
    }
}

impl SecretRef {
    /// The password, or the private key in PEM.
    pub fn value(&self) -> Value {
        self.value.clone()
    }

    /// The public key in PEM; nothing for a password.
    pub fn public(&self) -> Option<Value> {
        self.public.clone()
    }
}

impl Component for Secret {
    type Handle = SecretRef;

    fn kind(&self) -> &'static str {
        "Secret"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn handle(&self, scope: &Scope<'_>) -> SecretRef {
        let part = scope.generated(&self.name);
        let public = (self.what == Generated::Ed25519).then(|| part.output("public"));
        SecretRef { value: part.output("value"), public }
    }

    fn parts(&self, _scope: &Scope<'_>) -> Vec<Part> {
        vec![Part::Generated { name: self.name.clone(), what: self.what.clone() }]
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        self.handle(scope).public.map(|public| ("public".into(), public)).into_iter().collect()
    }

    fn check(&self, report: &mut Report<'_>) {
        report.name(&self.name);
    }
}
