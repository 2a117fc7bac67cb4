//! A download is used only after its SHA-256 is what it should be, and is
//! written to a staging folder, so that one that is cut leaves nothing.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use ureq::tls::{RootCerts, TlsConfig};

use crate::source::Checksum;
use crate::{Event, Failure};

/// Bytes between two progress events.
const PROGRESS_STEP: u64 = 256 * 1024;
/// The longest checksum file that is believed, in bytes.
const CHECKSUMS_LIMIT: u64 = 1024 * 1024;

/// Downloads `url` to the new file `to` and verifies it.
///
/// # Errors
/// `Http`, `Cut`, `Checksum`, `NoChecksum`, or `Io` if the disk refuses.
pub(crate) fn download(
    url: &str,
    checksum: &Checksum,
    to: &Path,
    tell: &dyn Fn(Event),
) -> Result<(), Failure> {
    let expected = match checksum {
        Checksum::Pinned(sha256) => sha256.clone(),
        Checksum::Published(checksums) => published(checksums, url)?,
    };
    let got = fetch(url, to, tell)?;
    if got != expected {
        return Err(Failure::Checksum { url: url.to_owned(), expected, got });
    }
    tell(Event::Verified);
    Ok(())
}

/// Writes the body of `url` to `to`; returns its SHA-256.
fn fetch(url: &str, to: &Path, tell: &dyn Fn(Event)) -> Result<String, Failure> {
    let mut response = get(url)?;
    let expected = response.body().content_length();
    let mut body = response.body_mut().as_reader();
    let mut file = File::create(to).map_err(Failure::io(to))?;
    let (mut hash, mut received, mut told) = (Context::new(&SHA256), 0, 0);
    let mut buffer = vec![0; 64 * 1024];
    let cut = |received, source| Failure::Cut { url: url.to_owned(), received, expected, source };
    loop {
        let count = body.read(&mut buffer).map_err(|error| cut(received, Some(error)))?;
        if count == 0 {
            break;
        }
        hash.update(&buffer[..count]);
        file.write_all(&buffer[..count]).map_err(Failure::io(to))?;
        received += count as u64;
        if received - told >= PROGRESS_STEP {
            told = received;
            tell(Event::Downloading { received, total: expected });
        }
    }
    if expected.is_some_and(|expected| expected != received) {
        return Err(cut(received, None));
    }
    tell(Event::Downloading { received, total: expected });
    Ok(hexadecimal(hash.finish().as_ref()))
}

fn get(url: &str) -> Result<ureq::http::Response<ureq::Body>, Failure> {
    let tls = TlsConfig::builder()
        // What the machine trusts, so that a company's own certificates work.
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build();
    let agent = ureq::Agent::config_builder()
        .tls_config(tls)
        // A redirect from https to http would lose what vouches for a published checksum.
        .https_only(url.starts_with("https://"))
        .timeout_resolve(Some(Duration::from_secs(10)))
        .timeout_connect(Some(Duration::from_secs(10)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_recv_body(Some(Duration::from_secs(15 * 60)))
        .build()
        .new_agent();
    agent
        .get(url)
        .call()
        .map_err(|source| Failure::Http { url: url.to_owned(), source: Box::new(source) })
}

/// The SHA-256 that the file `checksums` gives for the file name of `url`.
fn published(checksums: &str, url: &str) -> Result<String, Failure> {
    let mut text = String::new();
    get(checksums)?
        .body_mut()
        .as_reader()
        .take(CHECKSUMS_LIMIT)
        .read_to_string(&mut text)
        .map_err(|source| Failure::Cut {
            url: checksums.to_owned(),
            received: 0,
            expected: None,
            source: Some(source),
        })?;
    let file = url.rsplit('/').next().unwrap_or(url);
    find_checksum(&text, file).ok_or_else(|| Failure::NoChecksum {
        checksums: checksums.to_owned(),
        file: file.to_owned(),
    })
}

/// Finds a file in the lines that `sha256sum` writes (`HEX  NAME`, `HEX *NAME`,
/// the name with or without a folder), or takes the only line if it is `HEX` alone.
fn find_checksum(text: &str, file: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let hash = words.next().filter(|hash| is_sha256(hash))?;
        let named =
            words.next().map(|name| name.trim_start_matches('*').rsplit('/').next() == Some(file));
        (named != Some(false)).then(|| hash.to_ascii_lowercase())
    })
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_checksum_files() {
        let (a, b) = ("a".repeat(64), "B".repeat(64));
        let many = format!("{a}  one.tar.gz\n{b} *./two.tar.gz\n");
        assert_eq!(find_checksum(&many, "one.tar.gz"), Some(a.clone()));
        assert_eq!(find_checksum(&many, "two.tar.gz"), Some("b".repeat(64)));
        assert_eq!(find_checksum(&many, "three.tar.gz"), None);
        assert_eq!(find_checksum(&format!("{a}\n"), "any.tar.gz"), Some(a));
        assert_eq!(find_checksum("<html>not found</html>", "one.tar.gz"), None);
    }
}
