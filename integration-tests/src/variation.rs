//! How a journey varies the declaration of its environment, said once for both sides: the test
//! sets variables, the program `throwaway` reads them.

/// A version of the service that exits at once, because a setting cannot be read.
pub const EXITS: &str = "exits";
/// A version that runs and is never ready.
pub const NEVER_READY: &str = "never-ready";
/// A migration that fails.
pub const MIGRATION: &str = "migration";

const PORT: &str = "THROWAWAY_PORT";
const LOG_LEVEL: &str = "THROWAWAY_LOG_LEVEL";
const REPLICAS: &str = "THROWAWAY_REPLICAS";
const BROKEN: &str = "THROWAWAY_BROKEN";
const POSTGRES: &str = "THROWAWAY_POSTGRES";

/// What varies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variation {
    /// Where the gateway listens.
    pub port: u16,
    /// A setting of the service that changes nothing for its users.
    pub log_level: String,
    /// Of the service.
    pub replicas: u32,
    /// What is wrong with the declaration, one of the constants above; nothing when empty.
    pub broken: String,
    /// The name of the database server; renamed from `postgres` when it is another.
    pub postgres: String,
}

impl Variation {
    /// The declaration as it is first deployed, its gateway on this port.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            log_level: "info".to_owned(),
            replicas: 2,
            broken: String::new(),
            postgres: "postgres".to_owned(),
        }
    }

    /// Reads it, in the program by `std::env::var`. A number that is none leaves the default; port
    /// 0 is then refused like any other mistake in a declaration.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name).and_then(|text| text.parse::<u32>().ok());
        let port = number(PORT).and_then(|port| u16::try_from(port).ok()).unwrap_or_default();
        let default = Self::new(port);
        Self {
            port,
            log_level: get(LOG_LEVEL).unwrap_or(default.log_level),
            replicas: number(REPLICAS).unwrap_or(default.replicas),
            broken: get(BROKEN).unwrap_or(default.broken),
            postgres: get(POSTGRES).unwrap_or(default.postgres),
        }
    }

    /// The variables that [`read`](Self::read) understands.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        let Self { port, log_level, replicas, broken, postgres } = self.clone();
        [
            (PORT, port.to_string()),
            (LOG_LEVEL, log_level),
            (REPLICAS, replicas.to_string()),
            (BROKEN, broken),
            (POSTGRES, postgres),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let vary = Variation {
            port: 4711,
            log_level: "debug".into(),
            replicas: 3,
            broken: EXITS.into(),
            postgres: "db".into(),
        };
        let variables = vary.variables();
        let get = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.clone())
        };
        assert_eq!(Variation::read(get), vary);
    }
}
