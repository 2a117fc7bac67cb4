//! The database's schema, as the files in `migrations/`: forward only, each
//! safe to run while the version before it still serves.

use goodgo_service_kit::database::Migration;

macro_rules! migrations {
    ($($file:literal),* $(,)?) => {
        &[$(Migration { file: $file, sql: include_str!(concat!("../migrations/", $file)) }),*]
    };
}

/// Every migration in its order.
pub const MIGRATIONS: &[Migration] = migrations!["0001_accounts.sql", "0002_sessions.sql"];

#[cfg(test)]
mod tests {
    use super::MIGRATIONS;

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let listed: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.file).collect();
        assert_eq!(listed, files);
    }
}
