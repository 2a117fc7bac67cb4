use super::*;
use crate::component::{Gateway, Postgres, Redis, Secret, Service};
use crate::part::identifier;

/// Lowers every part to one resource that has what the part promises.
struct Plain;

impl Target for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn lower(&self, part: &Part, lowering: &mut Lowering<'_>) -> Map {
        let inputs = match part {
            Part::Workload(workload) => workload.env.iter(),
            Part::Database(database) => {
                let inputs = Map::from([("host".into(), database.host.clone())]);
                lowering.resource("test:index:Database", part.name(), inputs, Options::default());
                return Map::from([("url".into(), "u".into())]);
            }
            _ => return Map::from([("value".into(), "v".into()), ("url".into(), "u".into())]),
        };
        let inputs = inputs.map(|(name, value)| (name.as_str().into(), value.clone())).collect();
        let urn = lowering.resource("test:index:Thing", part.name(), inputs, Options::default());
        let of = |path: &str| Lowering::output(&urn, path);
        let entry = |name| {
            (
                name,
                Value::map([
                    ("host", of("host")),
                    ("number", of("port")),
                    ("address", of("address")),
                ]),
            )
        };
        Map::from([
            ("ports".into(), Value::map(["web", "admin", "postgres", "redis", "http"].map(entry))),
            ("servers".into(), Value::map([("http", Value::List(vec![of("url")]))])),
            ("volumes".into(), Value::map([("routes", of("path"))])),
        ])
    }
}

fn environment() -> Environment {
    Environment::new("goodgo", "test")
}

#[test]
fn references_between_components_become_references_between_resources() {
    let mut env = environment();
    let gateway = env.add(Gateway::new("gateway"));
    let redis = env.add(Redis::new("redis"));
    env.add(
        Service::new("auth").route(&gateway, "/auth").cache(&redis).env("ISSUER", gateway.url()),
    );
    let graph = env.build(&Plain).unwrap();
    let auth = graph.resources().iter().find(|it| it.custom && it.urn.name() == "auth").unwrap();
    insta::assert_debug_snapshot!(auth.inputs, @r#"
    {
        "ISSUER": Concat(
            [
                "http://",
                [output address of urn:pulumi:test::goodgo::goodgo:platform:Gateway$test:index:Thing::gateway],
            ],
        ),
        "LISTEN_ADDRESS": "${listen.http}",
        "REDIS_URL": Concat(
            [
                "redis://",
                [output address of urn:pulumi:test::goodgo::goodgo:platform:Redis$test:index:Thing::redis],
                "/",
            ],
        ),
    }
    "#);
    let location = auth.location.as_ref().unwrap();
    assert!(location.file.ends_with("environment_tests.rs"), "{location}");
}

#[test]
fn every_mistake_of_a_declaration_is_told_at_once() {
    let mut elsewhere = environment();
    let stranger = elsewhere.add(Postgres::new("elsewhere"));
    let mut env = environment();
    let gateway = env.add(Gateway::new("gateway").listen(0).cors(["*"]));
    env.add(Service::new("auth").route(&gateway, "/api"));
    env.add(Service::new("orders").route(&gateway, "/api").database(&stranger));
    env.add(Service::new("Bad_Name").replicas(0).route(&gateway, "api/"));
    env.add(Redis::new("gateway").version(6));
    env.add(Service::new("pay").migrate(["migrate"], Vec::new()));
    let problems = env.build(&Plain).unwrap_err();
    let mut lines = problems.to_string();
    for line in 1..=200 {
        lines = lines.replace(&format!("environment_tests.rs:{line}:"), "environment_tests.rs:");
        lines = lines.replace(&format!("environment_tests.rs:{line} "), "environment_tests.rs ");
    }
    insta::assert_snapshot!(lines.replace("infra/model/", ""));
}

#[test]
fn an_output_that_does_not_exist_is_a_mistake() {
    let mut env = environment();
    let redis = Urn::new("test", "goodgo", "goodgo:platform:Redis", "redis");
    env.add(Redis::new("redis"));
    let nothing = Value::Output { urn: redis, path: "nothing".into() };
    env.add(Service::new("auth").env("X", nothing));
    let problems = env.build(&Plain).unwrap_err();
    assert_eq!(problems.0.len(), 1, "{problems}");
    assert!(problems.0[0].message.contains("the output `nothing` of `redis`"), "{problems}");
}

#[test]
fn a_renamed_component_keeps_its_resources_under_their_former_names() {
    let mut env = environment();
    let options = ComponentOptions { renamed_from: vec!["auth".to_owned()], ..Default::default() };
    env.add_with(Secret::password("unrelated"), ComponentOptions::default());
    env.add_with(Service::new("identity"), options);
    let graph = env.build(&Plain).unwrap();
    let aliases = graph.resources().iter().flat_map(|it| &it.options.aliases);
    let names: Vec<&str> = aliases.map(Urn::name).collect();
    assert_eq!(names, ["auth", "auth"]);
}

#[test]
fn a_renamed_service_keeps_its_database_by_naming_it() {
    let databases = |env: Environment| {
        let graph = env.build(&Plain).unwrap();
        let all = graph.resources().iter().filter(|it| it.kind.short() == "Database");
        all.map(|it| it.urn.clone()).collect::<Vec<_>>()
    };
    let mut before = environment();
    let postgres = before.add(Postgres::new("postgres"));
    before.add(Service::new("auth").database(&postgres));
    let mut after = environment();
    let postgres = after.add(Postgres::new("postgres"));
    after.add(Service::new("identity").database_named(&postgres, "auth"));
    assert_eq!(databases(before), databases(after));
}

#[test]
fn a_database_is_named_without_quotes() {
    assert_eq!(&*identifier("auth-service"), "auth_service");
}
