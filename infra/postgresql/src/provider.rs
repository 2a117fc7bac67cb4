//! The provider: which call does what for which type.

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::schema::mistake;
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, Update, Updated,
};

use crate::kind::{Kind, outputs};
use crate::server::{Connections, Server};
use crate::{database, role};

/// The provider of the package `postgresql`: roles and databases. See the [crate].
#[derive(Default)]
pub struct Postgresql {
    connections: Connections,
}

impl Postgresql {
    /// One without connections; they are opened when needed and kept while it lives.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is there under that name, if anything.
    async fn look(&self, kind: &Kind, name: &str, known: &Map) -> Result<Option<Map>, Error> {
        let mut session = self.connections.open(Server::of(known)?).await?;
        let inputs = if kind.is_role() {
            role::look(&mut session, name).await?.map(|role| role.inputs(name, known))
        } else {
            let administrator = session.server.username.clone();
            let found = database::look(&mut session, name, known).await?;
            found.map(|database| database.inputs(known, &administrator))
        };
        session.done();
        Ok(inputs)
    }

    async fn find_made(&self, kind: &Kind, request: &Find<'_>) -> Result<Option<Observed>, Error> {
        let name = name(request.inputs)?;
        let mut session = self.connections.open(Server::of(request.inputs)?).await?;
        session.lock(request.token).await?;
        let administrator = session.server.username.clone();
        let found = if kind.is_role() {
            let role = role::look(&mut session, name).await?;
            let role = role.filter(|role| role.is_made_by(request.token));
            role.map(|role| observed(name, role.inputs(name, request.inputs), true))
        } else {
            let whole = database::look(&mut session, name, request.inputs).await?;
            match whole.filter(|database| database.is_made_by(request.token)) {
                Some(whole) => {
                    Some(observed(name, whole.inputs(request.inputs, &administrator), true))
                }
                None => {
                    let unfinished = database::unfinished(request.token);
                    let half = database::look(&mut session, &unfinished, request.inputs).await?;
                    half.map(|half| {
                        observed(&half.name, half.inputs(request.inputs, &administrator), false)
                    })
                }
            }
        };
        session.unlock(request.token).await?;
        session.done();
        Ok(found)
    }
}

fn observed(id: &str, inputs: Map, complete: bool) -> Observed {
    Observed { id: id.to_owned(), outputs: outputs(&inputs), inputs, complete }
}

fn name(inputs: &Map) -> Result<&str, Error> {
    let name = inputs.get("name").and_then(Value::as_str);
    name.ok_or_else(|| Error::permanent("the name is not known"))
}

fn kind_of(kind: &Type) -> Result<&'static Kind, Error> {
    Kind::of(kind).ok_or_else(|| Error::permanent(Kind::no_such_type(kind)))
}

#[async_trait]
impl Inspect for Postgresql {
    fn package(&self) -> &str {
        "postgresql"
    }

    fn check(&self, kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        match Kind::of(kind) {
            Some(kind) => kind.check(inputs),
            None => Err(vec![mistake("", Kind::no_such_type(kind))]),
        }
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        Kind::of(request.kind).map(|kind| kind.diff(&request)).unwrap_or_default()
    }

    fn predict(&self, _: &Type, inputs: &Map) -> Map {
        outputs(inputs)
    }

    fn delete_risks(&self, kind: &Type, inputs: &Map, _: &Map) -> Vec<Risk> {
        let name = inputs.get("name").and_then(Value::as_str).unwrap_or_default();
        Kind::of(kind).map(|kind| (kind.delete_risks)(name)).unwrap_or_default()
    }

    fn delete_effect(&self, kind: &Type, _: &Map, _: &Map) -> Effect {
        Kind::of(kind).map(|kind| kind.delete_effect).unwrap_or_default()
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        let inputs = self.look(kind_of(request.kind)?, request.id, request.inputs).await?;
        Ok(inputs.map(|inputs| observed(request.id, inputs, true)))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        self.find_made(kind_of(request.kind)?, &request).await
    }
}

#[async_trait]
impl Provider for Postgresql {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let kind = kind_of(request.kind)?;
        let name = name(request.inputs)?;
        let mut session = self.connections.open(Server::of(request.inputs)?).await?;
        if kind.is_role() {
            role::create(&mut session, request.token, name, request.inputs).await?;
        } else {
            let connections = &self.connections;
            let (token, inputs) = (request.token, request.inputs);
            database::create(connections, &mut session, token, name, inputs).await?;
        }
        session.done();
        Ok(Created { id: name.to_owned(), outputs: outputs(request.inputs) })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let kind = kind_of(request.kind)?;
        let (name, inputs) = (request.id, request.new_inputs);
        let mut session = self.connections.open(Server::of(inputs)?).await?;
        let exists = if kind.is_role() {
            let role = role::look(&mut session, name).await?;
            if let Some(role) = &role {
                role::alter(&mut session, name, role, inputs).await?;
            }
            role.is_some()
        } else {
            let database = database::look(&mut session, name, inputs).await?;
            if let Some(database) = &database {
                database::alter(&self.connections, &mut session, database, inputs).await?;
            }
            database.is_some()
        };
        if !exists {
            let what = request.kind.short().to_lowercase();
            let message = format!("there is no {what} `{name}` on {}", session.server);
            return Err(Error::permanent(message).hint(
                "`refresh` finds out what is gone, and the next deploy makes it anew; after a move to another server, deploy with `--replace`",
            ));
        }
        session.done();
        Ok(Updated { outputs: outputs(inputs) })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        let kind = kind_of(request.kind)?;
        let mut session = self.connections.open(Server::of(request.inputs)?).await?;
        if kind.is_role() {
            role::drop_role(&mut session, request.id).await?;
        } else {
            database::drop_database(&mut session, request.id).await?;
        }
        session.done();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
