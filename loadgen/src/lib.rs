//! The load generator: drives one target with one workload at a time,
//! validates every answer and names every outcome.
//!
//! `http` and `exchange` are free of sockets; `connection` and `engine` drive
//! them; `report` tells what they found.

pub mod arrivals;
pub mod cli;
pub mod clock;
pub mod connection;
pub mod engine;
pub mod exchange;
pub mod frontier;
pub mod http;
pub mod point;
pub mod record;
pub mod report;
pub mod target;
