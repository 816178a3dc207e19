//! What the engine says of a container that it has started.

use super::{CgroupDriver, CgroupVersion};

/// A started container, by which the kernel's own files on it are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedContainer {
    /// Its id, 64 hexadecimal digits.
    pub id: String,
    /// Its first process, by the id that it has on the engine's machine.
    pub pid: u32,
    /// The parent of its cgroup, as it was asked for; empty: the engine's
    /// default, which its driver decides.
    pub cgroup_parent: String,
    /// What makes its cgroup.
    pub cgroup_driver: CgroupDriver,
    /// Which of the kernel's two interfaces.
    pub cgroup_version: CgroupVersion,
    /// The id of its image, `sha256:…`.
    pub image_id: String,
}
