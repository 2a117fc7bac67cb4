use super::*;

fn urn() -> Urn {
    Urn::new("test", "goodgo", "test:index:Thing", "a")
}

#[test]
fn a_joined_text_is_secret_when_a_part_is() {
    let value = Value::concat(["redis://:".into(), Value::from("pw").secret(), "@host".into()]);
    let joined = value.resolve(&mut |_, _| None);
    assert_eq!(joined, Value::from("redis://:pw@host").secret());
    assert_eq!(format!("{joined:?}"), "[secret]");
}

#[test]
fn a_joined_text_waits_for_its_unknown_part() {
    let output = Value::Output { urn: urn(), path: "port".into() };
    let value = Value::concat(["host:".into(), output]);
    assert_eq!(value.resolve(&mut |_, _| None), Value::Unknown);
    assert_eq!(value.resolve(&mut |_, _| Some(80_u16.into())), Value::from("host:80"));
}

#[test]
fn the_inside_of_a_secret_is_secret() {
    let value = Value::map([("a", Value::map([("b", 1_u16.into())]).secret())]);
    assert_eq!(value.get(&"a.b".into()), Some(Value::from(1_u16).secret()));
    assert_eq!(value.get(&"a.c".into()), None);
}

#[test]
fn paths_read_back_as_written() {
    for text in ["a", "a.b", "a[0].b", "files[\"traefik.yml\"].content", "a[0][1]"] {
        assert_eq!(Path::parse(text).to_string(), text);
    }
}
