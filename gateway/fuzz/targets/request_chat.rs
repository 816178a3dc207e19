#![no_main]

use gateway::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| properties::request(0, data));
