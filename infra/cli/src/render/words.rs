//! The words for operations and things, the same in every message.

use goodgo_model::{Type, Urn};
use goodgo_plan::Operation;

/// `Process auth`.
pub(crate) fn name(urn: &Urn) -> String {
    format!("{} {}", Type::new(urn.type_token()).short(), urn.name())
}

/// `create`, as in `could not create`.
pub(crate) fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::Same => "keep",
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::CreateReplacement => "replace",
        Operation::DeleteReplaced => "delete the old generation of",
        Operation::Delete => "delete",
        Operation::Import => "import",
        Operation::Forget => "forget",
        Operation::Refresh => "refresh",
    }
}

/// `created`.
pub(crate) fn past(operation: Operation) -> &'static str {
    match operation {
        Operation::Same => "kept",
        Operation::Create => "created",
        Operation::Update => "updated",
        Operation::CreateReplacement => "replaced",
        Operation::DeleteReplaced => "deleted the old generation of",
        Operation::Delete => "deleted",
        Operation::Import => "imported",
        Operation::Forget => "forgot",
        Operation::Refresh => "refreshed",
    }
}
