//! Whatever stands where a property value is expected, decoding ends with a value or an error.

#![no_main]

use goodgo_state::deployment::decode_masked;
use libfuzzer_sys::fuzz_target;

const BEFORE: &[u8] = br#"{"version":3,"deployment":{"manifest":{},"resources":[
{"urn":"urn:pulumi:a::b::c::d","custom":true,"id":"1","type":"c","inputs":{"value":"#;
const AFTER: &[u8] = b"}}]}}";

fuzz_target!(|value: &[u8]| {
    if let Ok(snapshot) = decode_masked(&[BEFORE, value, AFTER].concat(), "fuzz") {
        let _ = format!("{snapshot:?}");
    }
});
