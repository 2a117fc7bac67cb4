//! Programs released by the project: one archive for each platform.

use super::{Tree, Workshop};
use crate::download::download;
use crate::source::{Checksum, Release};
use crate::{Event, Failure, archive};

pub(super) fn obtain(release: &Release, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    let variant = workshop.variant(&release.variants)?;
    let fill =
        |template: &str| template.replace("{version}", release.tag).replace("{variant}", variant);
    let checksum = match &release.checksum {
        Checksum::Published(url) => Checksum::Published(fill(url)),
        pinned @ Checksum::Pinned(_) => pinned.clone(),
    };
    let file = workshop.staging.join("download");
    download(&fill(&release.url), &checksum, &file, workshop.tell)?;
    let root = archive::unpack(&file, release.format, &workshop.staging.join("tree"), release.bin)?;
    (workshop.tell)(Event::Unpacked);
    Ok(Tree { root, bin: release.bin.into() })
}
