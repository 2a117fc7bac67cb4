//! `state unlock`: when the one who has the lock can never give it back.

use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::confirm;
use crate::error::{Failure, Kind};

/// Take the lock from whoever has it; what they still write is refused
#[derive(Args, Debug)]
#[command(
    after_help = "An owner on this machine that is dead needs no unlocking: the next command follows it.

Examples:
  ./just state unlock env=local"
)]
pub(super) struct Unlock {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Unlock {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        if !self.yes && !confirm::unlock(&app.output)? {
            return Err(Failure::new(Kind::Refused, "the lock was left as it is"));
        }
        let store = app.store()?;
        let holder = app.block_on(async { Ok(store.unlock().await?) })?;
        if app.output.json {
            let owner = holder.map(|holder| json!(holder.owner));
            return app.output.json_line(&json!({"event": "result", "owner": owner}));
        }
        app.output.message(&match holder {
            Some(holder) => format!(
                "unlocked: `{}` of {} on {} (process {}) had it",
                holder.owner.command, holder.owner.user, holder.owner.host, holder.owner.pid
            ),
            None => "nobody had the lock".to_owned(),
        });
        Ok(())
    }
}
