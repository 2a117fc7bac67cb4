use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;

use super::{Environment, Secret, Setting, document, read, within};

crate::settings! {
    /// The inner group.
    struct Inner {
        /// Who knows.
        /// On two lines.
        "INNER_SECRET" => secret: Secret,
        /// Perhaps.
        "INNER_MAYBE" => maybe: Option<u16>,
    }
}

crate::settings! {
    /// The outer group.
    struct Outer {
        /// Where to listen.
        "ADDRESS" => address: SocketAddr = "127.0.0.1:8000",
        /// How long.
        "WAIT" => wait: Duration = "10s" where within(Duration::ZERO..=Duration::from_secs(60)),
        /// A name.
        "NAME" => name: String,
    }
    include {
        /// The inner group.
        inner: Inner,
    }
}

#[test]
fn defaults_and_values_are_read() {
    let environment = Environment::from_iter([("NAME", "auth"), ("INNER_SECRET", "s3cret")]);
    let settings: Outer = read(&environment).unwrap();
    assert_eq!(settings.address, "127.0.0.1:8000".parse().unwrap());
    assert_eq!(settings.wait, Duration::from_secs(10));
    assert_eq!(settings.inner.secret.expose(), "s3cret");
    assert_eq!((settings.inner.maybe, settings.name.as_str()), (None, "auth"));
    assert!(!format!("{settings:?}").contains("s3cret"));
}

#[test]
fn every_mistake_is_listed() {
    let environment = Environment::from_iter([
        ("ADDRESS", "localhost"),
        ("WAIT", "61s"),
        ("NAME", ""),
        ("INNER_SECRET_FILE", "/nowhere/secret"),
        ("INNER_MAYBE", "70000"),
    ]);
    insta::assert_snapshot!(read::<Outer>(&environment).unwrap_err(), @r#"
    5 settings are wrong:
      ADDRESS must be an IP address and a port such as 127.0.0.1:8000, not "localhost"
      WAIT must be from 0s to 1m, not 61s
      NAME is not set, and has no default
      INNER_SECRET cannot be read from /nowhere/secret (INNER_SECRET_FILE): No such file or directory (os error 2)
      INNER_MAYBE must be a whole number from 0 to 65535, not "70000"
    "#);
}

#[test]
fn a_secret_is_read_from_its_file_but_not_from_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "from a file\r\n").unwrap();
    let file = path.to_str().unwrap();
    let from_file = Environment::from_iter([("INNER_SECRET_FILE", file)]);
    assert_eq!(read::<Inner>(&from_file).unwrap().secret.expose(), "from a file");

    let both = Environment::from_iter([("INNER_SECRET_FILE", file), ("INNER_SECRET", "direct")]);
    let mistakes = read::<Inner>(&both).unwrap_err().to_string();
    assert!(mistakes.contains("is set twice"), "{mistakes}");
    assert!(!mistakes.contains("direct"), "a secret was printed: {mistakes}");

    std::fs::write(&path, "\n").unwrap();
    let mistakes = read::<Inner>(&from_file).unwrap_err().to_string();
    assert!(mistakes.contains("is empty in"), "{mistakes}");
}

#[test]
fn the_documentation_comes_from_the_declaration() {
    insta::assert_snapshot!(document::<Outer>(), @r"
    | setting | type | default | what it does |
    |---|---|---|---|
    | `ADDRESS` | address:port | `127.0.0.1:8000` | Where to listen. |
    | `WAIT` | duration | `10s` | How long. |
    | `NAME` | text | required | A name. |
    | `INNER_SECRET` or `INNER_SECRET_FILE` | secret | required | Who knows. On two lines. |
    | `INNER_MAYBE` | whole number | none | Perhaps. |
    ");
}

proptest! {
    #[test]
    fn a_duration_is_read_as_it_is_shown(millis in 0_u64..10_000_000_000) {
        let duration = Duration::from_millis(millis);
        prop_assert_eq!(Duration::parse(&duration.show()), Ok(duration));
    }

    #[test]
    fn no_text_makes_the_duration_reader_panic(text in "\\PC{0,12}") {
        let _ = Duration::parse(&text);
    }
}
