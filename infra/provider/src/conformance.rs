//! The suite that every provider is held to.
