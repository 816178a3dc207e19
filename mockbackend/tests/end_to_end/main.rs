//! The program itself, over real sockets.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by its attribute"
)]

mod client;
mod faults;
mod gemini;
mod http;
mod journal;
mod mock;
mod pace;
mod received;
mod relay;
mod startup;
mod strict;
mod word_for_word;
mod workloads;
