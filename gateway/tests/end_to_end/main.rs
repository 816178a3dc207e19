//! The real program between a raw client and a scripted provider, over real sockets.

mod broken_streams;
mod command;
mod faults;
mod headers;
mod models;
mod refusals;
mod rig;
mod stopping;
mod workloads;
