//! Every outcome gets its right name: loadgen, as a process, against servers
//! that misbehave in one way at a time.

mod broken_servers;
mod generator;
mod matrix;
mod server;
