#![no_main]

use gateway::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    properties::scan(data);
    properties::splice(data);
    properties::ask(data);
    properties::think(data);
});
