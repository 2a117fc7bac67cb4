//! Roles: who may log in, with what password and which rights.

use std::fmt::Write;

use goodgo_model::{Map, Value};
use goodgo_provider::schema::{Property, Shape, mistake};
use goodgo_provider::{Change, CheckFailure, Error, Risk, RiskKind};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::kind::{changed, comment, reserved};
use crate::server::{SERVER, Session};
use crate::{scram, sql};

pub(crate) const PROPERTIES: &[Property] = &[
    Property::flag("bypassRowLevelSecurity", false),
    Property::whole("connectionLimit", -1, i32::MAX, -1),
    Property::flag("createDatabase", false),
    Property::flag("createRole", false),
    Property::flag("inherit", true),
    Property::flag("login", false),
    Property::required("name", Shape::Text),
    Property::optional("password", Shape::Text),
    Property::flag("replication", false),
    SERVER,
    Property::flag("superuser", false),
];

/// A property, PostgreSQL's word for it, and what it is when a role is made without that word.
const FLAGS: [(&str, &str, bool); 7] = [
    ("bypassRowLevelSecurity", "BYPASSRLS", false),
    ("createDatabase", "CREATEDB", false),
    ("createRole", "CREATEROLE", false),
    ("inherit", "INHERIT", true),
    ("login", "LOGIN", false),
    ("replication", "REPLICATION", false),
    ("superuser", "SUPERUSER", false),
];

pub(crate) fn mistakes(inputs: &Map) -> Vec<CheckFailure> {
    let mut found = Vec::new();
    found.extend(reserved(inputs, |name| {
        name.starts_with("pg_") || ["public", "none"].contains(&name)
    }));
    let password = inputs.get("password").and_then(Value::as_str);
    if password.is_some_and(|password| !scram::is_usable(password)) {
        let message =
            "holds control characters, on which clients and the server do not agree (RFC 4013)";
        found.push(mistake("password", message));
    }
    found
}

pub(crate) fn risks(changes: &[Change], replaced: bool) -> Vec<Risk> {
    let risk = |kind, message: &str| Risk { kind, message: message.to_owned() };
    let mut risks = Vec::new();
    if replaced || changed(changes, "password").is_some() {
        let message = "who logs in with the old name or password is shut out";
        risks.push(risk(RiskKind::CredentialChange, message));
    }
    for property in ["superuser", "bypassRowLevelSecurity"] {
        if changed(changes, property).is_some_and(|c| c.new == Some(Value::Bool(true))) {
            let message = format!("`{property}` lets the role see every row of every database");
            risks.push(risk(RiskKind::Exposure, &message));
        }
    }
    risks
}

/// A role as the server has it.
pub(crate) struct Role {
    /// All properties but name, password and server.
    attributes: Map,
    password: Stored,
    comment: Option<String>,
}

/// What the server has in place of a password.
enum Stored {
    /// Only superusers may see it, and we are none.
    Hidden,
    Nothing,
    Verifier(String),
}

impl Role {
    pub(crate) fn is_made_by(&self, token: &str) -> bool {
        self.comment.as_deref() == Some(&comment(token))
    }

    /// The inputs that would make it as it is; those of `known` wherever they fit.
    pub(crate) fn inputs(&self, name: &str, known: &Map) -> Map {
        let mut inputs = known.clone();
        inputs.insert("name".into(), name.into());
        inputs.extend(self.attributes.clone());
        let given = known.get("password").and_then(Value::as_str);
        match (&self.password, given) {
            (Stored::Hidden, _) => {}
            (Stored::Nothing, _) => drop(inputs.remove("password")),
            (Stored::Verifier(verifier), Some(password)) if scram::verifies(verifier, password) => {
            }
            // The verifier in place of a password makes a role with just that verifier.
            (Stored::Verifier(verifier), _) => {
                inputs.insert("password".into(), Value::string(verifier.as_str()).secret());
            }
        }
        inputs
    }
}

/// Superusers alone may read `pg_authid`; all others see the same in `pg_roles`, without passwords.
const LOOK: [&str; 2] = [
    "SELECT rolbypassrls, rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolreplication, \
     rolsuper, rolconnlimit, rolpassword, shobj_description(oid, 'pg_authid') \
     FROM pg_authid WHERE rolname = $1",
    "SELECT rolbypassrls, rolcreatedb, rolcreaterole, rolinherit, rolcanlogin, rolreplication, \
     rolsuper, rolconnlimit, NULL::text, shobj_description(oid, 'pg_authid') \
     FROM pg_roles WHERE rolname = $1",
];

/// Looks up a role by name.
pub(crate) async fn look(session: &mut Session<'_>, name: &str) -> Result<Option<Role>, Error> {
    let fail = |session: &Session<'_>, error| {
        session.server.explain(&format!("reading the role `{name}`"), error)
    };
    let may = sqlx::query_scalar("SELECT has_table_privilege('pg_authid', 'SELECT')");
    let may: bool = match may.fetch_one(&mut **session).await {
        Ok(may) => may,
        Err(error) => return Err(fail(session, error)),
    };
    let query = sqlx::query(LOOK[usize::from(!may)]).bind(name);
    let row = match query.fetch_optional(&mut **session).await {
        Ok(row) => row,
        Err(error) => return Err(fail(session, error)),
    };
    row.map(|row| role(&row, may)).transpose().map_err(|error| fail(session, error))
}

fn role(row: &PgRow, sees_passwords: bool) -> Result<Role, sqlx::Error> {
    let mut attributes = Map::new();
    for (column, (property, _, _)) in FLAGS.iter().enumerate() {
        attributes.insert((*property).into(), row.try_get::<bool, _>(column)?.into());
    }
    let limit: i32 = row.try_get(FLAGS.len())?;
    attributes.insert("connectionLimit".into(), f64::from(limit).into());
    let password = match row.try_get(FLAGS.len() + 1)? {
        Some(verifier) => Stored::Verifier(verifier),
        None if sees_passwords => Stored::Nothing,
        None => Stored::Hidden,
    };
    Ok(Role { attributes, password, comment: row.try_get(FLAGS.len() + 2)? })
}

/// Makes the role of this token, or finishes it.
pub(crate) async fn create(
    session: &mut Session<'_>,
    token: &str,
    name: &str,
    inputs: &Map,
) -> Result<(), Error> {
    session.lock(token).await?;
    match look(session, name).await? {
        None => {
            let quoted = sql::name(name);
            let options = options(&defaults(), inputs)?;
            let comment = sql::text(&comment(token));
            let statements =
                format!("CREATE ROLE {quoted}{options}; COMMENT ON ROLE {quoted} IS {comment}");
            session.run(&format!("creating the role `{name}`"), statements).await?;
        }
        Some(role) if role.is_made_by(token) => alter(session, name, &role, inputs).await?,
        Some(_) => {
            let message = format!("the role `{name}` exists already on {}", session.server);
            let hint = "import it, choose another name, or drop the role if nobody needs it";
            return Err(Error::permanent(message).hint(hint));
        }
    }
    session.unlock(token).await
}

/// Brings a role to what is wanted.
pub(crate) async fn alter(
    session: &mut Session<'_>,
    name: &str,
    role: &Role,
    inputs: &Map,
) -> Result<(), Error> {
    let mut is = role.inputs(name, inputs);
    if matches!(role.password, Stored::Hidden) {
        is.remove("password");
    }
    let options = options(&is, inputs)?;
    if options.is_empty() {
        return Ok(());
    }
    let statement = format!("ALTER ROLE {}{options}", sql::name(name));
    session.run(&format!("changing the role `{name}`"), statement).await
}

/// Drops a role; one that is gone is no error.
pub(crate) async fn drop_role(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let statement = format!("DROP ROLE IF EXISTS {}", sql::name(name));
    session.run(&format!("dropping the role `{name}`"), statement).await
}

/// What a role is that was made without any options.
fn defaults() -> Map {
    let flags = FLAGS.iter().map(|(property, _, default)| ((*property).into(), (*default).into()));
    flags.chain([("connectionLimit".into(), (-1.0).into())]).collect()
}

/// The options that lead from what is to what is wanted. Only those that differ are named, as
/// some may be named by superusers alone.
fn options(is: &Map, wanted: &Map) -> Result<String, Error> {
    let mut options = String::new();
    let differs = |property: &str| wanted.get(property).filter(|new| is.get(property) != Some(new));
    for (property, word, _) in FLAGS {
        if let Some(flag) = differs(property).and_then(Value::as_bool) {
            options += if flag { " " } else { " NO" };
            options += word;
        }
    }
    if let Some(limit) = differs("connectionLimit").and_then(Value::as_f64) {
        write!(options, " CONNECTION LIMIT {limit}").expect("a text takes all that is written");
    }
    let passwords = [is, wanted].map(|inputs| inputs.get("password").and_then(Value::as_str));
    match passwords {
        [old, Some(new)] if old != Some(new) => {
            options += " PASSWORD ";
            options += &sql::text(&scram::verifier(new)?);
        }
        [Some(_), None] => options += " PASSWORD NULL",
        _ => {}
    }
    Ok(options)
}
