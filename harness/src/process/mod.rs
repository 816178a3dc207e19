//! Processes of this machine: started as trees, seen through /proc, and none
//! of them left behind.

mod child;
mod environment;
mod leftovers;
mod programs;
mod stat;
mod tree;

pub use child::{ChildTree, StopError, Stopped};
pub use environment::{RUN_LABEL, clean_environment};
pub use leftovers::{Leftover, mark_folder, sweep};
pub use programs::{Programs, is_executable};
pub use stat::{MemoryStatus, Stat, pids, pss_bytes, read_memory, read_stat};
pub use tree::Tree;
