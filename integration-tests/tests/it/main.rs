//! Journeys: the whole platform as its users meet it, on the process target.
//!
//! Each deploys the program `throwaway` into a folder of its own, with real PostgreSQL, Redis,
//! Traefik and service, drives it through the gateway as apps do, breaks something on purpose,
//! and at the end destroys it and looks for what is left.

mod broken_versions;
mod broken_world;
mod crashes;
mod drift;
mod first_deploy;
mod healing;
mod keys_and_sources;
mod rename;
mod rollout;
mod secrets;
mod support;
mod two_at_once;
