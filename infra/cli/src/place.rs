//! Where a state is kept, as `GOODGO_STATE` says: a folder of this machine, or a bucket that a
//! team shares.
//!
//! Two checkouts on one machine are two environments, so a folder's name has a hash of the
//! workspace's path in it ([`Paths`](crate::paths::Paths)). A bucket is for the opposite: every
//! machine means the same environment, whatever its checkout lies in, so nothing of a path is in
//! an object's name.

mod bucket;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use goodgo_state::{FileStore, Store};

use crate::error::Failure;

/// The place of one environment's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Folder(PathBuf),
    Bucket(Address),
}

/// A place in a bucket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Address {
    cloud: Cloud,
    /// The bucket's name; on Azure the container's.
    bucket: String,
    /// Before the name of every object, without slashes at its ends.
    prefix: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cloud {
    Aws,
    Gcp,
    Azure,
}

impl Cloud {
    const ALL: [Self; 3] = [Self::Aws, Self::Gcp, Self::Azure];

    fn scheme(self) -> &'static str {
        match self {
            Self::Aws => "s3",
            Self::Gcp => "gs",
            Self::Azure => "az",
        }
    }

    /// The feature of this crate that brings it in.
    fn feature(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Gcp => "gcp",
            Self::Azure => "azure",
        }
    }
}

impl Place {
    /// The folder in the place; none when it is a bucket.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Bucket(_) => None,
        }
    }

    /// The store there. A bucket is not asked for anything yet.
    ///
    /// # Errors
    /// When this program was built without the bucket's cloud, or its settings make no sense.
    pub(crate) fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        match self {
            Self::Folder(folder) => Ok(Arc::new(FileStore::new(folder))),
            Self::Bucket(address) => bucket::open(address),
        }
    }
}

impl Address {
    /// What `GOODGO_STATE` says when it is a URL, for one environment; `None` when it is a path.
    ///
    /// # Errors
    /// When it is the URL of nothing that can hold a state.
    pub(crate) fn parse(
        given: &Path,
        project: &str,
        environment: &str,
    ) -> Result<Option<Self>, Failure> {
        let Some((scheme, rest)) = given.to_str().and_then(|text| text.split_once("://")) else {
            return Ok(None);
        };
        let wrong = |why: &str| {
            Failure::usage(format!("GOODGO_STATE={} {why}", given.display())).hint(
                "set it to s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, az://CONTAINER/PREFIX or a folder",
            )
        };
        let cloud = Cloud::ALL.into_iter().find(|cloud| cloud.scheme() == scheme);
        let cloud = cloud.ok_or_else(|| wrong("is the URL of no store that is known"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(wrong("names no bucket"));
        }
        if bucket.contains(['@', ':', '?', '#']) || prefix.contains(['?', '#']) {
            return Err(wrong("has more in it than a bucket and a prefix"));
        }
        let parts = prefix.split('/').filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.chain([project, environment]).collect();
        Ok(Some(Self { cloud, bucket: bucket.to_owned(), prefix: parts.join("/") }))
    }

    /// The bucket without the prefix, as in `s3://acme`.
    fn root(&self) -> String {
        format!("{}://{}", self.cloud.scheme(), self.bucket)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.root(), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Address>, Failure> {
        Address::parse(Path::new(text), "shop", "staging")
    }

    #[test]
    fn a_bucket_is_shared_by_project_and_environment() {
        let read = |text| parse(text).unwrap().unwrap().to_string();
        assert_eq!(read("s3://acme"), "s3://acme/shop/staging");
        assert_eq!(read("gs://acme/"), "gs://acme/shop/staging");
        assert_eq!(read("az://acme//a/b/"), "az://acme/a/b/shop/staging");
    }

    #[test]
    fn a_path_is_no_address() {
        for path in ["/srv/states", "states", "s3:/acme", "s3"] {
            assert_eq!(parse(path).unwrap(), None, "{path}");
        }
    }

    #[test]
    fn what_names_no_bucket_is_refused_with_the_forms_that_do() {
        for (url, why) in [
            ("ftp://acme/states", "is the URL of no store that is known"),
            ("s3:///states", "names no bucket"),
            ("s3://key:secret@acme/states", "has more in it"),
            ("az://acme/states?sv=1", "has more in it"),
        ] {
            let failure = parse(url).unwrap_err();
            let report = &failure.reports[0];
            assert!(report.message.contains(why), "{url}: {failure:?}");
            assert!(report.hints[0].contains("s3://BUCKET/PREFIX"), "{url}: {failure:?}");
        }
    }
}
