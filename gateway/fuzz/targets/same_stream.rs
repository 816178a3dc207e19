#![no_main]

use gateway::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    (0..properties::CLIENTS.len()).for_each(|client| properties::follow(client, data));
    properties::strip(data);
});
