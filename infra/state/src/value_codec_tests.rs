use goodgo_model::Urn;
use proptest::prelude::*;

use super::*;
use crate::secrets::fixed;
use crate::testing;

fn write(value: &Value, sealer: &Sealer) -> String {
    serde_json::to_string(&Out(value, Seal::With(sealer, "r"))).unwrap()
}

fn read(text: &str, how: Open<'_>) -> Result<Value, String> {
    let In(mut value) = serde_json::from_str(text).map_err(|error| error.to_string())?;
    open(&mut value, how, &Path::root()).map_err(|unreadable| unreadable.detail.to_owned())?;
    Ok(value)
}

#[test]
fn values_are_written_as_pulumi_writes_them() {
    let sealer = fixed().sealer;
    let value = Value::map([
        ("whole", Value::Number(3.0)),
        ("part", Value::Number(0.25)),
        ("later", Value::Unknown),
        ("list", Value::list([true, false])),
        ("secret", Value::string("s3cret").secret()),
    ]);
    insta::assert_snapshot!(write(&value, &sealer), @r#"{"later":"04da6b54-80e4-46f7-96ec-b56ff0331ba9","list":[true,false],"part":0.25,"secret":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","ciphertext":"v1:AAAAAAAAAAAAAAAA:+tIR2dt6O51UXc4sNBeeLs7Wg8vKoUu0"},"whole":3}"#);
}

#[test]
fn a_reference_or_what_json_cannot_say_is_written_as_unknown_or_null() {
    let urn = Urn::parse("urn:pulumi:a::b::c::d").unwrap();
    let sealer = fixed().sealer;
    let output = Value::Output { urn, path: Path::root() };
    assert_eq!(read(&write(&output, &sealer), Open::Inside).unwrap(), Value::Unknown);
    assert_eq!(write(&Value::Number(f64::INFINITY), &sealer), "null");
}

#[test]
fn a_map_that_looks_like_a_secret_is_not_written() {
    let value = Value::map([(SIGNATURE, Value::from(SECRET))]);
    assert!(serde_json::to_string(&Out(&value, Seal::Inside)).is_err());
}

#[test]
fn maps_with_other_signatures_are_kept() {
    let text = format!(r#"{{"{SIGNATURE}":"c44067f5952c0a294b673a41bacd8c17","text":"x"}}"#);
    let value = read(&text, Open::Mask).unwrap();
    assert_eq!(write(&value, &fixed().sealer), text);
}

#[test]
fn a_secret_in_clear_as_pulumi_shows_it_is_read() {
    let text = format!(r#"{{"{SIGNATURE}":"{SECRET}","plaintext":"\"x\""}}"#);
    assert_eq!(read(&text, Open::Inside).unwrap(), Value::from("x").secret());
    let neither = format!(r#"{{"{SIGNATURE}":"{SECRET}"}}"#);
    assert!(read(&neither, Open::Inside).is_err());
}

#[test]
fn a_masked_secret_is_a_secret_null() {
    let sealer = fixed().sealer;
    let text = write(&Value::list([Value::from("x").secret()]), &sealer);
    assert_eq!(read(&text, Open::Mask).unwrap(), Value::list([Value::Null.secret()]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn values_survive(value in testing::value()) {
        let sealer = fixed().sealer;
        let text = write(&value, &sealer);
        prop_assert_eq!(read(&text, Open::With(&sealer, "r")), Ok(value));
    }

    #[test]
    fn no_damage_makes_the_decoder_panic(
        value in testing::value(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let sealer = fixed().sealer;
        let mut bytes = write(&value, &sealer).into_bytes();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(In(mut value)) = serde_json::from_slice(&bytes) {
            let _ = open(&mut value, Open::With(&sealer, "r"), &Path::root());
        }
    }
}
