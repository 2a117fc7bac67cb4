//! Which resource is meant by what was typed.

use goodgo_model::Urn;

use crate::error::Failure;
use crate::render::words;

/// How resources are named on the command line.
pub(super) const HELP: &str = "its URN, its name, or its type and name as in `Process/auth`";

/// The one of `urns` that is meant; `place` says what they are in.
///
/// # Errors
/// When it is none or several of them.
pub(super) fn find<'a>(
    text: &str,
    urns: impl Iterator<Item = &'a Urn>,
    place: &str,
) -> Result<Urn, Failure> {
    let meant = |urn: &&Urn| {
        let short = urn.type_token().rsplit(':').next().unwrap_or_default();
        urn.as_str() == text || urn.name() == text || format!("{short}/{}", urn.name()) == text
    };
    let mut found: Vec<&Urn> = urns.filter(meant).collect();
    found.dedup();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::usage(format!("there is no `{text}` {place}"))),
        several => {
            let names: Vec<String> = several.iter().map(|urn| words::name(urn)).collect();
            let names = names.join(", ");
            Err(Failure::usage(format!("`{text}` is the name of several: {names}"))
                .hint("say which by `Type/name` or by its URN"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_several_have_needs_its_type() {
        let urn = |kind: &str| Urn::new("local", "goodgo", kind, "auth");
        let urns = [urn("goodgo:platform:Service"), urn("goodgo:platform:Service$p:i:Process")];
        let find = |text| find(text, urns.iter(), "in the state");
        assert!(find("auth").unwrap_err().reports[0].message.contains("several"));
        assert_eq!(find("Process/auth").unwrap(), urns[1]);
        assert_eq!(find(urns[0].as_str()).unwrap(), urns[0]);
        assert!(find("order").is_err());
    }
}
