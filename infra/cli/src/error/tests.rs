use goodgo_model::{Location, Problem, Problems};

use super::*;
use crate::render::paint::Paint;

#[test]
fn every_kind_has_an_exit_code_of_its_own() {
    let kinds = [
        Kind::Failed,
        Kind::Changes,
        Kind::Usage,
        Kind::Locked,
        Kind::State,
        Kind::Refused,
        Kind::Interrupted,
    ];
    let codes: std::collections::BTreeSet<u8> = kinds.iter().map(|kind| kind.exit_code()).collect();
    assert_eq!(codes.len(), kinds.len());
    assert_eq!(EXIT_CODES.len(), kinds.len() + 1, "and 0");
}

#[test]
fn a_report_says_what_where_why_and_what_to_do() {
    let location = Location { file: "environments/local/src/main.rs".into(), line: 23 };
    let report = Report {
        message: "could not create Process auth: it did not get ready".to_owned(),
        location: Some(location),
        causes: vec!["GET /health/ready answered 503".to_owned()],
        log: vec!["database: connection refused".to_owned()],
        hints: vec!["look at `logs auth`".to_owned()],
    };
    let failure = Failure { kind: Kind::Failed, reports: vec![report] };
    insta::assert_snapshot!(failure.text(Paint::new(false)), @r"
    error: could not create Process auth: it did not get ready
      declared at environments/local/src/main.rs:23
      because GET /health/ready answered 503
      last lines of its log:
        | database: connection refused
      help: look at `logs auth`
    ");
    assert_eq!(failure.json()["errors"][0]["declared"], "environments/local/src/main.rs:23");
}

#[test]
fn all_problems_are_reported() {
    let problems = vec![Problem::new(None, "one"), Problem::new(None, "two").hint("mend it")];
    let failure = Failure::from(Problems(problems));
    assert_eq!((failure.kind, failure.reports.len()), (Kind::Usage, 2));
}
