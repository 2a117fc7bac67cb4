use std::sync::Arc;

use goodgo_model::{Existing, Location, Pending, PendingKind, Value};
use proptest::prelude::*;

use super::*;
use crate::secrets::fixed;
use crate::testing::{any_snapshot, component, names, resource, snapshot, urn, with_secret};

fn example() -> Snapshot {
    let service = component("auth");
    let mut id = with_secret("id", "cafe");
    id.parent = Some(service.urn.clone());
    id.location = Some(Location { file: "environments/local/src/main.rs".into(), line: 23 });
    let mut user = resource("user", &["id"]);
    user.protect = true;
    user.incomplete = true;
    let old = Existing { delete: true, id: "old".into(), ..resource("user", &[]) };
    let mut snapshot = snapshot([service, id, user, old]);
    let token = Existing { id: "token-1".into(), ..resource("next", &[]) };
    let resource = Arc::new(token);
    snapshot.pending.push(Pending { operation: PendingKind::Creating, resource });
    snapshot
}

fn text(snapshot: &Snapshot) -> String {
    String::from_utf8(encode(snapshot, Some(&fixed()), 1_700_000_000).unwrap()).unwrap()
}

#[test]
fn a_deployment_reads_as_pulumis() {
    insta::assert_snapshot!(text(&example()));
}

#[test]
fn a_state_without_secrets_names_no_provider() {
    let text = text(&snapshot([resource("a", &[])]));
    assert!(!text.contains("secrets_providers"), "{text}");
}

#[test]
fn no_secret_is_written_in_clear() {
    assert!(!text(&example()).contains("cafe"));
}

/// What `pulumi stack export` writes, with all that this engine does not know.
#[tokio::test]
async fn a_state_of_pulumi_is_read() {
    let text = include_bytes!("testdata/pulumi.json");
    let keys = Keys::new("", Some("correct horse".to_owned()));
    let snapshot = import(text, "pulumi.json", &keys).await.unwrap();
    assert_eq!(snapshot.serial, 0);
    assert_eq!(names(&snapshot), ["shop-dev", "default", "password"]);
    let password = &snapshot.resources[2];
    assert_eq!(password.parent.as_ref(), Some(&snapshot.resources[0].urn));
    assert_eq!(password.created, 1_700_000_000);
    assert_eq!(password.location, Some(Location { file: "index.ts".into(), line: 12 }));
    assert_eq!(password.outputs["result"], Value::from("s3cret").secret());
    let wrong = Keys::new("", Some("wrong".to_owned()));
    let error = import(text, "pulumi.json", &wrong).await.unwrap_err();
    assert!(matches!(error, Error::WrongPassphrase), "{error}");
}

#[tokio::test]
async fn what_is_exported_with_a_passphrase_is_read_with_it() {
    let bytes = export(&example(), "one").await.unwrap();
    let keys = Keys::new("", Some("one".to_owned()));
    assert_eq!(import(&bytes, "export", &keys).await.unwrap(), example());
    let none = import(&bytes, "export", &Keys::new("", None)).await.unwrap_err();
    assert!(matches!(none, Error::PassphraseNeeded), "{none}");
}

#[test]
fn another_version_is_named() {
    let error = decode_masked(br#"{"version":4,"deployment":{"all":"new"}}"#, "x").unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { found: 4, .. }), "{error}");
}

#[test]
fn a_manifest_that_was_changed_is_refused() {
    let text = text(&example()).replace("+serial.3", "+serial.4");
    let error = decode_masked(text.as_bytes(), "state.json").unwrap_err();
    assert!(error.to_string().contains("magic"), "{error}");
}

#[test]
fn every_contradiction_is_refused_and_named() {
    let duplicate = snapshot([resource("a", &[]), resource("a", &[])]);
    let missing = snapshot([resource("a", &["b"])]);
    let late = snapshot([resource("a", &["b"]), resource("b", &[])]);
    let orphan = snapshot([Existing { parent: Some(urn("p")), ..resource("a", &[]) }]);
    let with_id = snapshot([Existing { id: "1".into(), ..component("a") }]);
    let mut pending = snapshot([]);
    let resource = Arc::new(component("a"));
    pending.pending.push(Pending { operation: PendingKind::Deleting, resource });
    for (bad, word) in [
        (duplicate, "there twice"),
        (missing, "not in it"),
        (late, "comes after"),
        (orphan, "the parent"),
        (with_id, "has an id"),
        (pending, "pending operation"),
    ] {
        let error = encode(&bad, None, 0).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn order_puts_dependencies_first_and_old_generations_last() {
    let old = Existing { delete: true, id: "old".into(), ..resource("a", &["b"]) };
    let mut state =
        snapshot([old, resource("c", &["b"]), resource("b", &["a"]), resource("a", &[])]);
    order(&mut state);
    assert_eq!(names(&state), ["a", "b", "c", "a"]);
    verify(&state).unwrap();
}

#[test]
fn order_drops_references_to_what_is_gone() {
    let orphan = Existing { parent: Some(urn("p")), ..resource("a", &["b", "c"]) };
    let mut state = snapshot([orphan, resource("c", &[])]);
    order(&mut state);
    assert_eq!(names(&state), ["c", "a"]);
    assert_eq!(state.resources[1].dependencies, [urn("c")]);
    verify(&state).unwrap();
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let name = |number: usize| format!("r{number}");
    let chain = (0..100_000).map(|number| resource(&name(number), &[&name(number + 1)]));
    let mut state = snapshot(chain);
    order(&mut state);
    assert_eq!(state.resources[0].urn.name(), "r99999");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn states_survive(snapshot in any_snapshot()) {
        let current = fixed();
        let bytes = encode(&snapshot, Some(&current), 0).unwrap();
        let read = parse(&bytes, "x").unwrap().open(Some(&current.sealer)).unwrap();
        prop_assert_eq!(&read, &snapshot);
        // Unchanged secrets keep their ciphertext: the same bytes again.
        prop_assert_eq!(encode(&read, Some(&current), 0).unwrap(), bytes);
    }

    #[test]
    fn any_order_can_be_put_right(
        snapshot in any_snapshot().prop_flat_map(|one| {
            let resources = Just(one.resources.clone()).prop_shuffle();
            resources.prop_map(move |resources| Snapshot { resources, ..one.clone() })
        }),
    ) {
        let mut ordered = snapshot;
        order(&mut ordered);
        prop_assert!(verify(&ordered).is_ok());
        let once = ordered.clone();
        order(&mut ordered);
        prop_assert_eq!(ordered, once);
    }

    #[test]
    fn damage_is_refused_or_harmless_and_never_a_panic(
        snapshot in any_snapshot(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let current = fixed();
        let mut bytes = encode(&snapshot, Some(&current), 0).unwrap();
        // The last byte is the end of the last line: nothing is lost with it.
        let at = at.index(bytes.len() - 1);
        bytes[at] = byte;
        if let Ok(parsed) = parse(&bytes, "x") {
            let _ = parsed.open(Some(&current.sealer));
        }
        bytes.truncate(at);
        prop_assert!(decode_masked(&bytes, "x").is_err());
    }
}
