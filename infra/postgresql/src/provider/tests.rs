use goodgo_provider::RiskKind;

use super::*;

const ROLE: &str = "postgresql:index/role:Role";
const DATABASE: &str = "postgresql:index/database:Database";

fn map(pairs: &[(&str, Value)]) -> Map {
    pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
}

fn check(kind: &str, pairs: &[(&str, Value)]) -> Result<Map, Vec<CheckFailure>> {
    let server = Value::map([
        ("host", Value::from("127.0.0.1")),
        ("port", 5432_u16.into()),
        ("username", "postgres".into()),
        ("password", "admin".into()),
    ]);
    let mut inputs = map(&[("server", server)]);
    inputs.extend(map(pairs));
    Postgresql::new().check(&Type::new(kind), inputs)
}

fn diff(kind: &str, old: &Map, new: &Map, ignore: &[goodgo_model::Path]) -> Diff {
    let request = DiffRequest {
        kind: &Type::new(kind),
        old_inputs: old,
        old_outputs: &Map::new(),
        new_inputs: new,
        ignore,
    };
    Postgresql::new().diff(request)
}

#[test]
fn passwords_become_secrets_and_defaults_are_filled_in() {
    let role = check(ROLE, &[("name", "auth".into()), ("password", "pw".into())]).unwrap();
    assert!(matches!(role["password"], Value::Secret(_)));
    assert_eq!(role["inherit"], Value::Bool(true));
    let server = role["server"].as_map().unwrap();
    assert!(matches!(server["password"], Value::Secret(_)));
    assert_eq!(server["database"].as_str(), Some("postgres"));
    let outputs = Postgresql::new().predict(&Type::new(ROLE), &role);
    assert!(!outputs.contains_key("server"));
}

#[test]
fn names_that_cannot_be_are_refused() {
    for (kind, name) in [(ROLE, "pg_auth"), (ROLE, ""), (DATABASE, "template1"), (ROLE, "public")] {
        let found = check(kind, &[("name", name.into())]).unwrap_err();
        assert_eq!(found[0].path.to_string(), "name", "{name}");
    }
    assert!(check(ROLE, &[("name", Value::Unknown), ("password", "bell\u{7}".into())]).is_err());
}

#[test]
fn another_name_makes_a_second_one_and_another_encoding_deletes_first() {
    let old = check(DATABASE, &[("name", "auth".into())]).unwrap();
    let renamed = check(DATABASE, &[("name", "identity".into())]).unwrap();
    let found = diff(DATABASE, &old, &renamed, &[]);
    assert!(!found.replace.is_empty() && !found.delete_before_replace);
    assert_eq!(found.risks[0].kind, RiskKind::DataLoss);

    let recoded =
        check(DATABASE, &[("name", "auth".into()), ("encoding", "LATIN1".into())]).unwrap();
    let found = diff(DATABASE, &old, &recoded, &[]);
    assert!(found.delete_before_replace);
    assert_eq!(found.effect, Effect::Outage);
}

#[test]
fn changes_in_place_say_what_they_risk() {
    let old = check(DATABASE, &[("name", "auth".into())]).unwrap();
    let open = check(DATABASE, &[("name", "auth".into()), ("publicConnect", true.into())]).unwrap();
    let found = diff(DATABASE, &old, &open, &[]);
    assert_eq!((found.replace.len(), found.risks[0].kind), (0, RiskKind::Exposure));
    assert_eq!(found.outputs.unwrap()["publicConnect"], Value::Bool(true));
    let ignored = diff(DATABASE, &old, &open, &["publicConnect".into()]);
    assert!(ignored.is_empty());
    assert_eq!(ignored.outputs.unwrap()["publicConnect"], Value::Unknown);

    let role = |password: &str| {
        check(ROLE, &[("name", "auth".into()), ("password", password.into())]).unwrap()
    };
    let found = diff(ROLE, &role("a"), &role("b"), &[]);
    assert_eq!((found.replace.len(), found.risks[0].kind), (0, RiskKind::CredentialChange));
    let shown = format!("{:?}", found.changes);
    assert!(shown.contains("[secret]") && !shown.contains("\"b\""), "{shown}");
}

#[test]
fn deleting_a_database_loses_data() {
    let risks = Postgresql::new().delete_risks(
        &Type::new(DATABASE),
        &map(&[("name", "auth".into())]),
        &Map::new(),
    );
    assert_eq!(risks[0].message, "all data in the database `auth` is deleted");
}
