use goodgo_model::{Map, Type, Value};
use goodgo_postgresql::Postgresql;
use goodgo_provider::conformance::{self, Case};

use crate::world::{DATABASE, ROLE, Server, unique};

fn case(kind: &str, inputs: &Map, update: &[(&str, Value)]) -> Case {
    let with = |pairs: &[(&str, Value)]| {
        let mut changed = inputs.clone();
        changed.extend(pairs.iter().map(|(name, value)| ((*name).into(), value.clone())));
        changed
    };
    Case {
        kind: Type::new(kind),
        inputs: inputs.clone(),
        update: Some(with(update)),
        replace: Some(with(&[("name", unique("other").into())])),
    }
}

#[tokio::test]
async fn roles_and_databases_keep_what_providers_promise() {
    let server = Server::of_tests().input();
    let named =
        |name: String| Map::from([("server".into(), server.clone()), ("name".into(), name.into())]);
    let mut role = named(unique("conforming"));
    role.insert("password".into(), Value::from("first password").secret());
    let password = Value::from("second password").secret();
    let cases = [
        case(ROLE, &role, &[("login", true.into()), ("password", password)]),
        case(DATABASE, &named(unique("conforming")), &[("connectionLimit", 7_u16.into())]),
    ];
    let broken = conformance::check(&Postgresql::new(), &cases).await;
    assert!(broken.is_empty(), "{}", conformance::report(&broken));
}
