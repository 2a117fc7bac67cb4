//! Archives come from the network: nothing in them may land outside the folder
//! that they are unpacked into.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;

use crate::Failure;
use crate::source::Format;

/// Unpacks an archive into the new folder `into`, and returns the folder in it
/// that `holds` is relative to: `into`, or the archive's single top folder.
///
/// # Errors
/// `Archive` if it is damaged or not of this format, `Io` if the disk refuses.
pub(crate) fn unpack(
    archive: &Path,
    format: Format,
    into: &Path,
    holds: &str,
) -> Result<PathBuf, Failure> {
    fs::create_dir_all(into).map_err(Failure::io(into))?;
    let file = BufReader::new(File::open(archive).map_err(Failure::io(archive))?);
    let damaged = |reason: String| Failure::Archive { path: archive.to_owned(), reason };
    match format {
        // `tar` and `zip` both refuse to write outside `into`.
        Format::TarGz => {
            let mut tar = tar::Archive::new(GzDecoder::new(file));
            tar.unpack(into).map_err(|error| damaged(with_cause(&error)))?;
        }
        Format::Zip => {
            let mut zip =
                zip::ZipArchive::new(file).map_err(|error| damaged(with_cause(&error)))?;
            zip.extract(into).map_err(|error| damaged(with_cause(&error)))?;
        }
    }
    if !holds.is_empty() && into.join(holds).exists() {
        return Ok(into.to_owned());
    }
    single_folder(into)
}

fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn single_folder(dir: &Path) -> Result<PathBuf, Failure> {
    let mut entries = fs::read_dir(dir).map_err(Failure::io(dir))?;
    match (entries.next(), entries.next()) {
        (Some(Ok(only)), None) if only.path().is_dir() => Ok(only.path()),
        _ => Ok(dir.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_archive_is_named() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let archive = dir.path().join("a.tar.gz");
        fs::write(&archive, b"not gzip").expect("it can be written");
        let failure = unpack(&archive, Format::TarGz, &dir.path().join("out"), "bin")
            .expect_err("it is damaged");
        assert!(matches!(&failure, Failure::Archive { path, .. } if *path == archive), "{failure}");
        let failure = unpack(&archive, Format::Zip, &dir.path().join("zip"), "bin")
            .expect_err("it is damaged");
        assert!(matches!(&failure, Failure::Archive { path, .. } if *path == archive), "{failure}");
    }

    #[test]
    fn nothing_lands_outside() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let archive = dir.path().join("evil.tar.gz");
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().expect("gnu").name[..9].copy_from_slice(b"../escape");
        header.set_size(1);
        header.set_cksum();
        let gzip = flate2::write::GzEncoder::new(
            File::create(&archive).expect("created"),
            flate2::Compression::fast(),
        );
        let mut tar = tar::Builder::new(gzip);
        tar.append(&header, &b"x"[..]).expect("written");
        tar.into_inner().expect("written").finish().expect("written");
        unpack(&archive, Format::TarGz, &dir.path().join("out"), "bin").expect("it is skipped");
        assert!(!dir.path().join("escape").exists());
    }
}
