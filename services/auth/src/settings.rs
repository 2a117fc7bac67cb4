//! The settings of the service, declared once.

use std::time::Duration;

use goodgo_service_kit::cache::CacheSettings;
use goodgo_service_kit::client_address::ProxySettings;
use goodgo_service_kit::config::{Secret, within};
use goodgo_service_kit::database::DatabaseSettings;
use goodgo_service_kit::server::ServerSettings;
use goodgo_service_kit::telemetry::logs::LogSettings;

use crate::limit::Rate;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

goodgo_service_kit::settings! {
    /// What `auth serve` reads.
    pub struct Settings {
        /// The version that `/health/live` and the logs name.
        "GOODGO_VERSION" => version: Option<String>,
    }
    include {
        /// Access tokens.
        tokens: TokenSettings,
        /// Sessions.
        sessions: SessionSettings,
        /// Passwords.
        passwords: PasswordSettings,
        /// Rates.
        limits: LimitSettings,
        /// The database.
        database: DatabaseSettings,
        /// The cache.
        cache: CacheSettings,
        /// The listener.
        server: ServerSettings,
        /// The proxies before the service.
        proxies: ProxySettings,
        /// The logs.
        logs: LogSettings,
    }
}

goodgo_service_kit::settings! {
    /// What `auth migrate` reads: it must run without the secrets of serving.
    pub struct MigrateSettings {}
    include {
        /// The database.
        database: DatabaseSettings,
        /// The logs.
        logs: LogSettings,
    }
}

goodgo_service_kit::settings! {
    /// How access tokens are made.
    pub struct TokenSettings {
        /// The private key that signs access tokens: Ed25519, PKCS#8, PEM.
        "AUTH_SIGNING_KEY" => signing_key: Secret,
        /// The issuer that access tokens name.
        "AUTH_ISSUER" => issuer: String = "urn:goodgo:auth",
        /// The audience that access tokens are for.
        "AUTH_AUDIENCE" => audience: String = "goodgo",
        /// The client that access tokens name: the product's own app.
        "AUTH_CLIENT_ID" => client: String = "goodgo-app",
        /// How long an access token is valid.
        "AUTH_ACCESS_LIFETIME" => lifetime: Duration = "10m" where within(MINUTE..=HOUR),
    }
}

goodgo_service_kit::settings! {
    /// How long sessions live.
    pub struct SessionSettings {
        /// When a session ends at the latest, counted from the login.
        "AUTH_SESSION_LIFETIME" => absolute: Duration = "90d" where within(MINUTE..=366 * DAY),
        /// When a session ends that is not used.
        "AUTH_SESSION_IDLE" => idle: Duration = "14d" where within(MINUTE..=366 * DAY),
        /// How long a used refresh token yields the same successor again, for
        /// clients whose answer was lost or who asked twice at once.
        "AUTH_ROTATION_GRACE" => grace: Duration = "10s" where within(Duration::ZERO..=MINUTE),
    }
}

goodgo_service_kit::settings! {
    /// What passwords must be, and what it costs to try one.
    pub struct PasswordSettings {
        /// The fewest characters of a new password.
        "AUTH_PASSWORD_LENGTH" => length: usize = "15" where within(8..=64),
        /// Memory of one argon2id hash, in KiB.
        "AUTH_HASH_MEMORY" => memory: u32 = "19456" where within(1_024..=1_048_576),
        /// Passes of one argon2id hash over its memory.
        "AUTH_HASH_PASSES" => passes: u32 = "2" where within(1..=10),
        /// Lanes of one argon2id hash.
        "AUTH_HASH_LANES" => lanes: u32 = "1" where within(1..=4),
        /// Hashes at the same time; when not set, as many as there are processors.
        "AUTH_HASH_PERMITS" => permits: Option<usize>,
        /// How long a request waits for its turn to hash before it is answered with 503.
        "AUTH_HASH_WAIT" => wait: Duration = "2s" where within(Duration::ZERO..=MINUTE),
    }
}

goodgo_service_kit::settings! {
    /// How often something may be tried.
    pub struct LimitSettings {
        /// Logins from one address.
        "AUTH_LIMIT_LOGIN_ADDRESS" => login_address: Rate = "60/1m",
        /// Logins to one account.
        "AUTH_LIMIT_LOGIN_ACCOUNT" => login_account: Rate = "10/1m",
        /// Registrations from one address.
        "AUTH_LIMIT_REGISTER_ADDRESS" => register_address: Rate = "20/1m",
        /// Registrations of one e-mail address.
        "AUTH_LIMIT_REGISTER_ACCOUNT" => register_account: Rate = "5/1m",
    }
}
