//! Databases: who owns them, who may connect, and that none is ever half made under its own name.

use goodgo_model::{Map, Value};
use goodgo_provider::schema::{Property, Shape};
use goodgo_provider::{Change, CheckFailure, Error, Risk, RiskKind};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::kind::{changed, comment, reserved};
use crate::server::{Connections, SERVER, Session};
use crate::sql;

pub(crate) const PROPERTIES: &[Property] = &[
    Property::flag("allowConnections", true),
    Property::whole("connectionLimit", -1, i32::MAX, -1),
    Property::text("encoding", "UTF8"),
    Property::optional("lcCollate", Shape::Text),
    Property::optional("lcCtype", Shape::Text),
    Property::required("name", Shape::Text),
    Property::optional("owner", Shape::Text),
    Property::flag("publicConnect", false),
    SERVER,
    Property::text("template", "template0"),
];

pub(crate) fn mistakes(inputs: &Map) -> Vec<CheckFailure> {
    let kept = |name: &str| ["postgres", "template0", "template1"].contains(&name);
    let owner = inputs.get("owner").and_then(Value::as_str);
    let owner = owner.and_then(|owner| sql::name_mistake("owner", owner));
    reserved(inputs, kept).into_iter().chain(owner).collect()
}

pub(crate) fn risks(changes: &[Change], replaced: bool) -> Vec<Risk> {
    let mut risks = Vec::new();
    if replaced {
        let message = "a new, empty database takes the place of the old one, whose data is deleted";
        risks.push(Risk { kind: RiskKind::DataLoss, message: message.to_owned() });
    }
    if changed(changes, "publicConnect").is_some_and(|c| c.new == Some(Value::Bool(true))) {
        let message = "every role of the server may connect to it";
        risks.push(Risk { kind: RiskKind::Exposure, message: message.to_owned() });
    }
    risks
}

pub(crate) fn delete_risks(name: &str) -> Vec<Risk> {
    let message = format!("all data in the database `{name}` is deleted");
    vec![Risk { kind: RiskKind::DataLoss, message }]
}

/// A database as the server has it.
pub(crate) struct Database {
    /// What it is called now.
    pub(crate) name: String,
    /// The properties that can be read, but those that are asked for by name below.
    attributes: Map,
    owner: String,
    same_encoding: bool,
    encoding: String,
    collate: String,
    ctype: String,
    comment: Option<String>,
}

impl Database {
    pub(crate) fn is_made_by(&self, token: &str) -> bool {
        self.comment.as_deref() == Some(&comment(token))
    }

    /// The inputs that would make it as it is; those of `known` wherever they fit.
    pub(crate) fn inputs(&self, known: &Map, administrator: &str) -> Map {
        let mut inputs = known.clone();
        inputs.insert("name".into(), self.name.as_str().into());
        inputs.extend(self.attributes.clone());
        // `utf-8` and `UTF8` are the same encoding.
        if !self.same_encoding {
            inputs.insert("encoding".into(), self.encoding.as_str().into());
        }
        // What was left to the server is what the server made it.
        for (property, value) in [("lcCollate", &self.collate), ("lcCtype", &self.ctype)] {
            if known.contains_key(property) {
                inputs.insert(property.into(), value.as_str().into());
            }
        }
        if known.contains_key("owner") || self.owner != administrator {
            inputs.insert("owner".into(), self.owner.as_str().into());
        }
        inputs
    }
}

const LOOK: &str = "SELECT datname::text, datallowconn, datconnlimit, \
    EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) \
            WHERE grantee = 0 AND privilege_type = 'CONNECT'), \
    pg_get_userbyid(datdba)::text, pg_char_to_encoding($2) = encoding, \
    pg_encoding_to_char(encoding)::text, datcollate::text, datctype::text, \
    shobj_description(oid, 'pg_database') \
    FROM pg_database WHERE datname = $1";

/// Looks up a database by name.
pub(crate) async fn look(
    session: &mut Session<'_>,
    name: &str,
    inputs: &Map,
) -> Result<Option<Database>, Error> {
    let encoding = inputs.get("encoding").and_then(Value::as_str).unwrap_or_default();
    let query = sqlx::query(LOOK).bind(name).bind(encoding);
    let found = query.fetch_optional(&mut **session).await;
    let found = found.and_then(|row| row.map(|row| database(&row)).transpose());
    found.map_err(|error| session.server.explain(&format!("reading the database `{name}`"), error))
}

fn database(row: &PgRow) -> Result<Database, sqlx::Error> {
    let limit: i32 = row.try_get(2)?;
    let attributes = [
        ("allowConnections", row.try_get::<bool, _>(1)?.into()),
        ("connectionLimit", f64::from(limit).into()),
        ("publicConnect", row.try_get::<bool, _>(3)?.into()),
    ];
    Ok(Database {
        name: row.try_get(0)?,
        attributes: attributes.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        owner: row.try_get(4)?,
        same_encoding: row.try_get(5)?,
        encoding: row.try_get(6)?,
        collate: row.try_get(7)?,
        ctype: row.try_get(8)?,
        comment: row.try_get(9)?,
    })
}

/// What a database is called until it is whole.
pub(crate) fn unfinished(token: &str) -> String {
    format!("goodgo_{token}")
}

/// Makes the database of this token, or finishes it.
pub(crate) async fn create(
    connections: &Connections,
    session: &mut Session<'_>,
    token: &str,
    name: &str,
    inputs: &Map,
) -> Result<(), Error> {
    session.lock(token).await?;
    match look(session, name, inputs).await? {
        Some(database) if database.is_made_by(token) => {
            alter(connections, session, &database, inputs).await?;
        }
        Some(_) => {
            let message = format!("the database `{name}` exists already on {}", session.server);
            let hint =
                "import it, choose another name, or drop the database if nobody needs its data";
            return Err(Error::permanent(message).hint(hint));
        }
        None => {
            if look(session, &unfinished(token), inputs).await?.is_none() {
                begin(session, token, name, inputs).await?;
            }
            finish(session, token, name, inputs).await?;
        }
    }
    session.unlock(token).await
}

/// `CREATE DATABASE` can be part of no transaction; so what it makes is closed to all and is
/// known by its name, which holds the token.
async fn begin(
    session: &mut Session<'_>,
    token: &str,
    name: &str,
    inputs: &Map,
) -> Result<(), Error> {
    let text = |property: &str| inputs.get(property).and_then(Value::as_str);
    let mut statement =
        format!("CREATE DATABASE {} ALLOW_CONNECTIONS false", sql::name(&unfinished(token)));
    for (word, property) in [("OWNER", "owner"), ("TEMPLATE", "template")] {
        if let Some(value) = text(property) {
            statement += &format!(" {word} {}", sql::name(value));
        }
    }
    let words = [("ENCODING", "encoding"), ("LC_COLLATE", "lcCollate"), ("LC_CTYPE", "lcCtype")];
    for (word, property) in words {
        if let Some(value) = text(property) {
            statement += &format!(" {word} {}", sql::text(value));
        }
    }
    session.run(&format!("creating the database `{name}`"), statement).await
}

/// Rights, comment and name come all at once or not at all.
async fn finish(
    session: &mut Session<'_>,
    token: &str,
    name: &str,
    inputs: &Map,
) -> Result<(), Error> {
    let unfinished = sql::name(&unfinished(token));
    let statements = [
        format!("REVOKE ALL ON DATABASE {unfinished} FROM PUBLIC"),
        format!("COMMENT ON DATABASE {unfinished} IS {}", sql::text(&comment(token))),
        format!("ALTER DATABASE {unfinished} RENAME TO {}", sql::name(name)),
    ];
    let made = Map::from([
        ("allowConnections".into(), false.into()),
        ("connectionLimit".into(), (-1.0).into()),
        ("publicConnect".into(), false.into()),
    ]);
    let statements: Vec<String> =
        statements.into_iter().chain(alterations(name, &made, inputs)).collect();
    session.run(&format!("opening the database `{name}`"), statements.join("; ")).await
}

/// The statements that lead from what is to what is wanted, but for the owner.
fn alterations(name: &str, is: &Map, wanted: &Map) -> Vec<String> {
    let name = sql::name(name);
    let differs = |property: &str| wanted.get(property).filter(|new| is.get(property) != Some(new));
    let mut statements = Vec::new();
    if let Some(limit) = differs("connectionLimit").and_then(Value::as_f64) {
        statements.push(format!("ALTER DATABASE {name} CONNECTION LIMIT {limit}"));
    }
    match differs("publicConnect").and_then(Value::as_bool) {
        Some(true) => statements.push(format!("GRANT CONNECT ON DATABASE {name} TO PUBLIC")),
        Some(false) => statements.push(format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC")),
        None => {}
    }
    // Last, so that nobody connects before all else is in place.
    if let Some(allowed) = differs("allowConnections").and_then(Value::as_bool) {
        statements.push(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"));
    }
    statements
}

/// Brings a database to what is wanted.
pub(crate) async fn alter(
    connections: &Connections,
    session: &mut Session<'_>,
    database: &Database,
    inputs: &Map,
) -> Result<(), Error> {
    let name = &database.name;
    let administrator = session.server.username.clone();
    let owner = inputs.get("owner").and_then(Value::as_str).unwrap_or(&administrator);
    if owner != database.owner {
        hand_over(connections, session, database, owner).await?;
    }
    let statements = alterations(name, &database.attributes, inputs);
    if statements.is_empty() {
        return Ok(());
    }
    session.run(&format!("changing the database `{name}`"), statements.join("; ")).await
}

/// Gives the database and what the old owner owned in it to the new one. `REASSIGN OWNED` also
/// takes an owner's other databases: where there are any, or where the old one is a superuser
/// (who owns the system's own tables), the database alone is handed over.
async fn hand_over(
    connections: &Connections,
    session: &mut Session<'_>,
    database: &Database,
    owner: &str,
) -> Result<(), Error> {
    let what = format!("giving the database `{}` to `{owner}`", database.name);
    let (name, new) = (sql::name(&database.name), sql::name(owner));
    if database.attributes.get("allowConnections") == Some(&Value::Bool(true)) {
        let query = "SELECT EXISTS (SELECT FROM pg_roles r WHERE rolname = $1 AND NOT rolsuper \
             AND NOT EXISTS (SELECT FROM pg_database WHERE datdba = r.oid AND datname <> $2))";
        let query = sqlx::query_scalar(query).bind(&database.owner).bind(&database.name);
        let own = query.fetch_one(&mut **session).await;
        if own.map_err(|error| session.server.explain(&what, error))? {
            let mut inside = connections.open(session.server.inside(&database.name)).await?;
            let old = sql::name(&database.owner);
            // Not given back: a connection into a database would stand in the way of its next change.
            inside.run(&what, format!("REASSIGN OWNED BY {old} TO {new}")).await?;
        }
    }
    session.run(&what, format!("ALTER DATABASE {name} OWNER TO {new}")).await
}

/// Drops a database with all connections to it; one that is gone is no error.
pub(crate) async fn drop_database(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", sql::name(name));
    session.run(&format!("dropping the database `{name}`"), statement).await
}
