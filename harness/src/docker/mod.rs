//! The container engine, asked through its API and never through the `docker`
//! command: what it is, and the containers that the harness starts.

mod archive;
mod container;
mod engine;
mod error;
mod export;
mod image;
mod labels;
mod leftovers;
mod started;

pub use archive::ContainerFile;
pub use container::{ContainerSpec, Ending, Reach};
pub use engine::{CgroupDriver, CgroupVersion, Engine, EngineInfo};
pub use error::EngineError;
pub use export::Export;
pub use image::{Image, PullProgress};
pub use labels::{HARNESS as HARNESS_LABEL, of_this_harness as labels_of_this_harness};
pub use leftovers::{LeftContainer, Swept};
pub use started::StartedContainer;
