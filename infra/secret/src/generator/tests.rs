use std::time::Duration;

use goodgo_model::Urn;
use goodgo_provider::conformance::{self, Case};

use super::*;

const PASSWORD: &str = "random:index/randomPassword:RandomPassword";

fn map(pairs: &[(&str, Value)]) -> Map {
    pairs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
}

fn password(pairs: &[(&str, Value)]) -> Map {
    crate::random().check(&Type::new(PASSWORD), map(pairs)).unwrap()
}

fn diff(old: &Map, new: &Map, ignore: &[goodgo_model::Path]) -> Diff {
    let request = DiffRequest {
        kind: &Type::new(PASSWORD),
        old_inputs: old,
        old_outputs: &Map::new(),
        new_inputs: new,
        ignore,
    };
    crate::random().diff(request)
}

#[test]
fn every_mistake_in_the_inputs_is_found() {
    let inputs =
        map(&[("length", 0_u16.into()), ("lenght", 8_u16.into()), ("upper", "yes".into())]);
    let found = crate::random().check(&Type::new(PASSWORD), inputs).unwrap_err();
    let paths: Vec<String> = found.iter().map(|failure| failure.path.to_string()).collect();
    assert_eq!(paths, ["lenght", "length", "upper"]);
    assert_eq!(found[1].message, "has to be a whole number from 1 to 65536");
}

#[test]
fn unknown_inputs_pass_and_unknown_types_do_not() {
    let inputs = password(&[("length", Value::Unknown), ("minLower", Value::Unknown)]);
    assert_eq!(inputs["length"], Value::Unknown);
    assert_eq!(inputs["special"], Value::Bool(true));
    let found = crate::random().check(&Type::new("random:index/pet:Pet"), Map::new()).unwrap_err();
    assert!(found[0].message.contains("randomPassword"), "{}", found[0].message);
}

#[test]
fn a_change_makes_a_new_one_and_says_who_is_shut_out() {
    let [old, new] = ["1", "2"].map(|version| {
        let keepers = Value::map([("version", version.into())]);
        password(&[("length", 20_u16.into()), ("keepers", keepers)])
    });
    let found = diff(&old, &new, &[]);
    assert_eq!(found.replace, ["keepers.version".into()]);
    assert_eq!(found.risks[0].kind, RiskKind::CredentialChange);
    assert!(!found.delete_before_replace);
    assert!(diff(&old, &new, &["keepers".into()]).is_empty());
}

#[test]
fn a_state_without_defaults_as_pulumi_writes_it_is_no_change() {
    let old = map(&[("length", 20_u16.into()), ("__defaults", Value::list([""; 0]))]);
    assert!(diff(&old, &password(&[("length", 20_u16.into())]), &[]).is_empty());
}

#[test]
fn results_are_predicted_as_unknown_and_secret() {
    let inputs = password(&[("length", 20_u16.into())]);
    let predicted = crate::random().predict(&Type::new(PASSWORD), &inputs);
    assert_eq!(predicted["result"], Value::Unknown.secret());
    assert_eq!(predicted["length"], Value::from(20_u16));
}

#[tokio::test]
async fn what_is_made_is_marked_secret_and_read_back_as_it_was() {
    let provider = crate::random();
    let kind = &Type::new(PASSWORD);
    let urn = &Urn::new("local", "test", PASSWORD, "password");
    let inputs = &password(&[("length", 20_u16.into())]);
    let request = Create {
        urn,
        kind,
        token: "0123456789abcdef",
        inputs,
        timeout: Duration::from_secs(1),
        log: &|_| {},
    };
    let made = provider.create(request).await.unwrap();
    assert_eq!(made.id, "0123456789abcdef");
    assert!(matches!(made.outputs["result"], Value::Secret(_)));
    assert_eq!(made.outputs["result"].as_str().unwrap().len(), 20);

    let read = Read { urn, kind, id: &made.id, inputs, outputs: &made.outputs };
    let observed = provider.read(read).await.unwrap().unwrap();
    assert_eq!((&observed.inputs, &observed.outputs), (inputs, &made.outputs));
    let import = Read { inputs: &Map::new(), outputs: &Map::new(), ..read };
    assert_eq!(provider.read(import).await.unwrap(), None);
}

#[tokio::test]
async fn all_types_keep_what_providers_promise() {
    let case = |kind: &str, inputs: &[(&str, Value)], replace: &[(&str, Value)]| Case {
        kind: Type::new(kind),
        inputs: map(inputs),
        update: None,
        replace: Some(map(replace)),
    };
    let of = |name: &'static str, number: u32| [(name, Value::from(number))];
    let random = [
        case(PASSWORD, &of("length", 20), &of("length", 21)),
        case("random:index/randomString:RandomString", &of("length", 20), &of("length", 21)),
        case("random:index/randomBytes:RandomBytes", &of("length", 32), &of("length", 16)),
        case("random:index/randomId:RandomId", &of("byteLength", 8), &of("byteLength", 9)),
    ];
    let ecdsa = [("algorithm", "ECDSA".into()), ("ecdsaCurve", "P384".into())];
    let tls = [case("tls:index/privateKey:PrivateKey", &[("algorithm", "ED25519".into())], &ecdsa)];
    let mut broken = conformance::check_recorded(&crate::random(), &random).await;
    broken.extend(conformance::check_recorded(&crate::tls(), &tls).await);
    assert!(broken.is_empty(), "{}", conformance::report(&broken));
}
