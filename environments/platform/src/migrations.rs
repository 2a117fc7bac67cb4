//! The migrations of a service, read from its folder, with what each may break.
//!
//! A plan names the files that are new. What a file may break is told from its statements
//! alone, without a database: better one warning too many than a table lost in silence.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use goodgo_model::Migration;

/// The statement's words, and what they may break. Sources: PostgreSQL documentation,
/// "ALTER TABLE" (locks and rewrites) and "CREATE INDEX" (building concurrently).
const RISKS: [(&str, &str); 8] = [
    ("DROP TABLE", "drops a table with its rows"),
    ("DROP COLUMN", "drops a column with its values"),
    ("DROP SCHEMA", "drops a schema with all in it"),
    ("TRUNCATE", "deletes all rows of a table"),
    ("DELETE FROM", "deletes rows"),
    ("ALTER COLUMN", "may rewrite a table and lock it meanwhile"),
    ("RENAME", "breaks replicas of the old version that use the old name"),
    ("SET NOT NULL", "scans a whole table under a lock"),
];

/// The migrations in a folder of the workspace such as `services/auth/migrations`, in order.
/// None when the folder cannot be read.
pub fn migrations(folder: &str) -> Vec<Migration> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    read(&root.join(folder))
}

fn read(folder: &Path) -> Vec<Migration> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    files.iter().filter_map(|path| migration(path)).collect()
}

fn migration(path: &Path) -> Option<Migration> {
    let text = fs::read_to_string(path).ok()?;
    let hash = digest(&SHA256, text.as_bytes());
    Some(Migration {
        file: path.file_name()?.to_string_lossy().into_owned(),
        digest: hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
        risks: risks(&text),
    })
}

fn risks(sql: &str) -> Vec<String> {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words: Vec<String> =
        lines.flat_map(str::split_whitespace).map(str::to_ascii_uppercase).collect();
    let text = words.join(" ");
    let said = RISKS.iter().filter(|(words, _)| text.contains(words));
    said.map(|(words, risk)| format!("{words} {risk}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_are_told_from_the_statements_and_not_from_comments() {
        let sql = "-- DROP TABLE old;\nALTER TABLE users\n  DROP   column age;";
        assert_eq!(risks(sql), ["DROP COLUMN drops a column with its values"]);
    }

    #[test]
    fn files_come_in_order_with_their_digest() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("0002_b.sql"), "SELECT 2").unwrap();
        fs::write(folder.path().join("0001_a.sql"), "SELECT 1").unwrap();
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        let found = read(folder.path());
        let files: Vec<&str> = found.iter().map(|migration| migration.file.as_str()).collect();
        assert_eq!(files, ["0001_a.sql", "0002_b.sql"]);
        assert_ne!(found[0].digest, found[1].digest);
    }
}
