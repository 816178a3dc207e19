#![no_main]

use gateway::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| properties::answer(0, data));
