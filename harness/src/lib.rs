//! The harness of Tollgate: which gateways there are, how each is started,
//! what it uses, and what came out.

pub mod cli;
pub mod commands;
pub mod docker;
pub mod doctor;
pub mod entrant;
pub mod gate;
pub mod image_size;
pub mod install;
pub mod interrupt;
pub mod journal;
pub mod machine;
pub mod measured;
pub mod placement;
pub mod plan;
pub mod process;
pub mod project;
pub mod report;
pub mod resources;
pub mod route;
pub mod runner;
pub mod selftest;
pub mod stats;
pub mod summary;
pub mod trial;
