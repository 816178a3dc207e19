//! The container engine, asked through its API and never through the `docker`
//! command: what it is, and the containers that the harness starts.

mod engine;
mod error;
mod started;

pub use engine::{CgroupDriver, CgroupVersion, Engine, EngineInfo};
pub use error::EngineError;
pub use started::StartedContainer;
