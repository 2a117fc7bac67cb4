//! Buckets, of the clouds that this program was built with.
//!
//! Credentials, regions and endpoints come from the variables that the cloud's own tools read
//! (`AWS_…`, `GOOGLE_…`, `AZURE_…`), so that whoever may use the bucket has to set nothing for us.

use std::sync::Arc;

use goodgo_state::Store;

use super::{Address, Cloud};
use crate::error::Failure;

/// The store at an address.
pub(super) fn open(address: &Address) -> Result<Arc<dyn Store>, Failure> {
    match address.cloud {
        #[cfg(feature = "aws")]
        Cloud::Aws => {
            let builder = object_store::aws::AmazonS3Builder::from_env()
                .with_bucket_name(&address.bucket)
                .with_retry(patience());
            store(address, builder.build())
        }
        #[cfg(feature = "gcp")]
        Cloud::Gcp => {
            let builder = object_store::gcp::GoogleCloudStorageBuilder::from_env()
                .with_bucket_name(&address.bucket)
                .with_retry(patience());
            store(address, builder.build())
        }
        #[cfg(feature = "azure")]
        Cloud::Azure => {
            let builder = object_store::azure::MicrosoftAzureBuilder::from_env()
                .with_container_name(&address.bucket)
                .with_retry(patience());
            store(address, builder.build())
        }
        #[allow(unreachable_patterns, reason = "no cloud is missing when all were built in")]
        missing => Err(not_built_in(address, missing)),
    }
}

/// How long a request is tried again. Minutes, the library's default, are no use: the lease would
/// have ended meanwhile. One that outlives its lease is stopped by its condition, not by this.
#[cfg(any(feature = "aws", feature = "gcp", feature = "azure"))]
fn patience() -> object_store::RetryConfig {
    object_store::RetryConfig {
        max_retries: 5,
        retry_timeout: goodgo_state::store::LEASE_TIME / 2,
        ..Default::default()
    }
}

#[cfg(any(feature = "aws", feature = "gcp", feature = "azure"))]
fn store(
    address: &Address,
    built: object_store::Result<impl object_store::ObjectStore>,
) -> Result<Arc<dyn Store>, Failure> {
    let bucket = built.map_err(|error| {
        Failure::usage(format!("the bucket of GOODGO_STATE, {}, cannot be used", address.root()))
            .because(&error)
            .hint("see docs/guides/team-state.md for the variables that it needs")
    })?;
    let store = goodgo_state::ObjectStore::new(Arc::new(bucket), &address.prefix);
    Ok(Arc::new(store.shown_as(address.root())))
}

fn not_built_in(address: &Address, cloud: Cloud) -> Failure {
    let feature = cloud.feature();
    Failure::usage(format!(
        "the state is to be in {address} (GOODGO_STATE), but this program was built without the \
         feature `{feature}` of goodgo-cli, which reaches such a bucket"
    ))
    .hint(format!(
        "write `goodgo-cli = {{ workspace = true, features = [\"{feature}\"] }}` in \
         environments/{}/Cargo.toml, or set GOODGO_STATE to a folder",
        address.prefix.rsplit('/').next().unwrap_or("NAME")
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_not_built_in_is_told_with_its_feature_and_where_to_enable_it() {
        for (url, feature) in [("s3://b/p", "aws"), ("gs://b/p", "gcp"), ("az://b/p", "azure")] {
            let address = Address::parse(Path::new(url), "shop", "staging").unwrap().unwrap();
            let failure = not_built_in(&address, address.cloud);
            let report = &failure.reports[0];
            assert!(report.message.contains(&format!("{url}/shop/staging")), "{failure:?}");
            assert!(report.message.contains(&format!("the feature `{feature}`")), "{failure:?}");
            assert!(report.hints[0].contains(&format!("features = [\"{feature}\"]")));
            assert!(report.hints[0].contains("environments/staging/Cargo.toml"));
        }
    }

    #[cfg(not(feature = "aws"))]
    #[test]
    fn without_the_feature_nothing_is_opened() {
        let address = Address::parse(Path::new("s3://b"), "shop", "staging").unwrap().unwrap();
        let failure = open(&address).err().unwrap();
        assert_eq!(failure.reports[0], not_built_in(&address, Cloud::Aws).reports[0]);
    }
}
