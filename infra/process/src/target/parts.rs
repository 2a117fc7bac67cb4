//! Parts that are no workloads: secrets, databases, routes.

use goodgo_model::{Database, Generated, Lowering, Map, Options, Route, Value, text};

use crate::kinds;

/// A secret becomes a resource of Pulumi's packages `random` and `tls`.
pub(super) fn generated(name: &str, what: &Generated, lowering: &mut Lowering<'_>) -> Map {
    match what {
        Generated::Password { length } => {
            let inputs =
                Map::from([("length".into(), (*length).into()), ("special".into(), false.into())]);
            let urn = lowering.resource(kinds::PASSWORD, name, inputs, Options::default());
            Map::from([("value".into(), Lowering::output(&urn, "result"))])
        }
        Generated::Ed25519 => {
            let inputs = Map::from([("algorithm".into(), "ED25519".into())]);
            let urn = lowering.resource(kinds::KEY, name, inputs, Options::default());
            Map::from([
                ("value".into(), Lowering::output(&urn, "privateKeyPemPkcs8")),
                ("public".into(), Lowering::output(&urn, "publicKeyPem")),
            ])
        }
    }
}

/// A database becomes a role and a database of Pulumi's package `postgresql`.
pub(super) fn database(database: &Database, lowering: &mut Lowering<'_>) -> Map {
    let server = Value::map([
        ("host", database.host.clone()),
        ("port", database.port.clone()),
        ("username", database.admin.as_str().into()),
        ("password", database.admin_password.clone()),
    ]);
    let role = Map::from([
        ("name".into(), database.name.as_str().into()),
        ("login".into(), true.into()),
        ("password".into(), database.password.clone()),
        ("server".into(), server.clone()),
    ]);
    let role = lowering.resource(kinds::ROLE, &database.name, role, Options::default());
    let inputs = Map::from([
        ("name".into(), database.name.as_str().into()),
        ("owner".into(), Lowering::output(&role, "name")),
        ("server".into(), server),
    ]);
    let options = Options { protect: database.protect, ..Options::default() };
    let urn = lowering.resource(kinds::DATABASE, &database.name, inputs, options);
    let url = text([
        "postgres://".into(),
        Lowering::output(&role, "name"),
        "@".into(),
        database.host.clone(),
        ":".into(),
        database.port.clone(),
        "/".into(),
        Lowering::output(&urn, "name"),
    ]);
    Map::from([("url".into(), url)])
}

/// A route becomes a file in the folder that the gateway watches.
pub(super) fn route(route: &Route, lowering: &mut Lowering<'_>) -> Map {
    let inputs = Map::from([
        ("name".into(), route.name.as_str().into()),
        ("directory".into(), route.directory.clone()),
        ("api".into(), route.api.clone()),
        ("entry".into(), route.entry.clone()),
        ("content".into(), route.content.clone()),
        ("services".into(), Value::list(route.services.iter().map(String::as_str))),
        ("probe".into(), route.probe.as_deref().into()),
    ]);
    let options = Options { depends_on: route.depends_on.clone(), ..Options::default() };
    lowering.resource(kinds::ROUTE, &route.name, inputs, options);
    Map::new()
}
