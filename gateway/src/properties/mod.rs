//! What must hold of every reader of outside bytes, whatever they are: one function a property,
//! which panics where it does not.
//!
//! Fuzz targets (`gateway/fuzz`) and the tests beside this file call the same functions: the
//! first look for bytes nobody thought of, the second run with every `cargo test`. Never part of
//! the program.

mod bodies;
mod http;
mod streams;
mod translation;

pub use bodies::{ask, scan, splice, think};
pub use http::{chunked, request_head, response_head};
pub use streams::{follow, stream, strip};
pub use translation::{answer, request};

/// The names of the dialects that clients speak; an index into them chooses one.
pub const CLIENTS: [&str; 3] = ["chat", "responses", "messages"];
/// The names of the dialects that providers speak.
pub const PROVIDERS: [&str; 4] = ["chat", "responses", "messages", "gemini"];

/// A place in `bytes` to cut them at, which follows from what they are: so that no input says
/// where, and every fixture is one as it stands.
fn cut(bytes: &[u8]) -> (&[u8], &[u8]) {
    // FNV-1a.
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let places = bytes.len() as u64 + 1;
    bytes.split_at(usize::try_from(hash % places).unwrap_or_default())
}

/// Whether `text` is one JSON value, its strings valid.
fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<&serde_json::value::RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests;
