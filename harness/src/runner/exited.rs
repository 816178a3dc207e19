//! How a started entrant has ended.

use std::fmt;

/// How a started entrant has ended; `Display` fits into "it ended (…)".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exited {
    /// It ended, or something in it did: `exit status: 1`.
    ByItself(String),
    /// The kernel killed it for want of memory; how much it had.
    OutOfMemory(String),
    /// It is the engine that failed, and nothing is known of the entrant.
    EngineGone(String),
}

impl fmt::Display for Exited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByItself(how) | Self::EngineGone(how) => f.write_str(how),
            Self::OutOfMemory(limit) => write!(f, "killed by the kernel, out of memory: {limit}"),
        }
    }
}
