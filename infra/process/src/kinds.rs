//! The type tokens of this package.

/// The package, by which the provider is chosen.
pub(crate) const PACKAGE: &str = "goodgo-process";

/// A program from the catalogue.
pub(crate) const PROGRAM: &str = "goodgo-process:index:Program";
/// A program of the workspace, kept apart from the next build.
pub(crate) const BINARY: &str = "goodgo-process:index:Binary";
/// A port, allocated once.
pub(crate) const PORT: &str = "goodgo-process:index:Port";
/// A folder for data.
pub(crate) const VOLUME: &str = "goodgo-process:index:Volume";
/// A process that is kept running.
pub(crate) const PROCESS: &str = "goodgo-process:index:Process";
/// A process that runs to its end.
pub(crate) const JOB: &str = "goodgo-process:index:Job";
/// A file of the gateway's dynamic configuration.
pub(crate) const ROUTE: &str = "goodgo-process:index:Route";

/// A password. Pulumi's package `random`.
pub(crate) const PASSWORD: &str = "random:index/randomPassword:RandomPassword";
/// A key pair. Pulumi's package `tls`.
pub(crate) const KEY: &str = "tls:index/privateKey:PrivateKey";
/// A role of a PostgreSQL server. Pulumi's package `postgresql`.
pub(crate) const ROLE: &str = "postgresql:index/role:Role";
/// A database of a PostgreSQL server. Pulumi's package `postgresql`.
pub(crate) const DATABASE: &str = "postgresql:index/database:Database";

/// Everything listens for this machine only.
pub(crate) const HOST: &str = "127.0.0.1";
