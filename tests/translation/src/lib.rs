//! What the tests of translation stand on: the gateway and the mock as programs, a client, and
//! JSON that is compared number by number as it is spelled.
//!
//! Of the project's code there is nothing in here: what is expected was written by hand.

pub mod client;
pub mod json;
pub mod memory;
pub mod programs;
pub mod sse;
