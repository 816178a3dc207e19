//! The real program between a raw client and a scripted provider, over real sockets.

mod broken_streams;
mod command;
mod counted;
mod faults;
mod headers;
mod hostile;
mod ids;
mod keepalive;
mod keys;
mod models;
mod passing;
mod providers;
mod refusals;
mod reload;
mod rig;
mod routing;
mod secrets;
mod slow_reader;
mod soak;
mod stopping;
mod timeouts;
mod translation;
mod usage;
mod workloads;
