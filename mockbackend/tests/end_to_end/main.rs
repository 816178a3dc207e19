//! The program itself, over real sockets.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows a test only by its attribute"
)]

mod client;
mod http;
mod mock;
mod startup;
mod workloads;
