//! Whatever a file holds, reading it as a state ends with a state or an error.

#![no_main]

use goodgo_state::deployment::{decode_masked, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(snapshot) = decode_masked(bytes, "fuzz") {
        verify(&snapshot).expect("what is read does not contradict itself");
    }
});
