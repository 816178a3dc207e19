//! The real program between a raw client and a scripted provider, over real sockets.

mod broken_streams;
mod command;
mod counted;
mod faults;
mod headers;
mod ids;
mod keepalive;
mod models;
mod refusals;
mod reload;
mod rig;
mod secrets;
mod slow_reader;
mod soak;
mod stopping;
mod usage;
mod workloads;
