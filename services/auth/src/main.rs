//! The command line of the identity service.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use goodgo_auth::app;
use goodgo_auth::schema::MIGRATIONS;
use goodgo_auth::settings::{MigrateSettings, Settings};
use goodgo_service_kit::config::{self, Environment};
use goodgo_service_kit::database;
use goodgo_service_kit::telemetry::logs;

const USAGE: &str = "\
usage: auth [serve | migrate | settings]

  serve      answers requests until SIGTERM (the default)
  migrate    brings the database's schema up to date, then exits
  settings   prints every setting as a Markdown table
";

/// The exit code for a wrong command line or wrong settings (EX_USAGE and
/// EX_CONFIG of sysexits.h are not told apart by any supervisor).
const WRONG_USE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [] | ["serve"] => serve().await,
        ["migrate"] => migrate().await,
        ["settings"] => print(&config::document::<Settings>()),
        ["--help" | "-h" | "help"] => print(USAGE),
        _ => {
            let _ = io::stderr().write_all(USAGE.as_bytes());
            return ExitCode::from(WRONG_USE);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let settings: Settings = config::read(&Environment::of_process())?;
    logs::start(&settings.logs);
    app::listen(settings).await?.run().await?;
    Ok(())
}

async fn migrate() -> Result<(), Box<dyn Error>> {
    let settings: MigrateSettings = config::read(&Environment::of_process())?;
    logs::start(&settings.logs);
    let count = database::migrate(&settings.database, MIGRATIONS).await?;
    tracing::info!(count, "the schema is up to date");
    Ok(())
}

fn print(text: &str) -> Result<(), Box<dyn Error>> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Says the error and its causes, on the stream that does not hold the logs.
fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    let mut text = format!("auth: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!("  because: {error}\n"));
        cause = error.source();
    }
    let _ = io::stderr().write_all(text.as_bytes());
    let settings = error.is::<config::Mistakes>();
    if settings { ExitCode::from(WRONG_USE) } else { ExitCode::FAILURE }
}
