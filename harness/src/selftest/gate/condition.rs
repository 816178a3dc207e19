//! Conditions whose truth is known.

use workload::Workload;

use crate::gate::{Metric, Policy};

/// What is on both sides, and around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The reference gateway on both sides.
    Same,
    /// A null proxy that adds 1.10 ms beside one that adds 1.00 ms.
    Relay110,
    /// One that adds 1.05 ms, and a policy of 3%.
    Relay105,
    /// A build of the gateway that burns a tenth more CPU time.
    Cpu110,
    /// The reference gateway on both sides, and a neighbour that takes a core
    /// for seconds at random.
    Neighbour,
}

/// What must come out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Promise {
    /// At most this share of gates says regression.
    AtMost(f64),
    /// At least this share does.
    AtLeast(f64),
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Same,
        Self::Relay110,
        Self::Relay105,
        Self::Cpu110,
        Self::Neighbour,
    ];
    /// Their names on the command line, in the order of [`Self::ALL`].
    pub const NAMES: [&'static str; 5] =
        ["same", "relay-1.10", "relay-1.05", "cpu-1.10", "neighbour"];

    /// The name, also of its folder.
    pub fn name(self) -> &'static str {
        let all = Self::ALL.iter().zip(Self::NAMES);
        all.filter(|(one, _)| **one == self)
            .map(|(_, name)| name)
            .next()
            .unwrap_or_default()
    }

    /// What is promised of it.
    pub fn promise(self) -> Promise {
        match self {
            Self::Same | Self::Neighbour => Promise::AtMost(0.01),
            Self::Relay110 | Self::Cpu110 => Promise::AtLeast(0.95),
            Self::Relay105 => Promise::AtLeast(0.70),
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "the same gateway on both sides",
            Self::Relay110 => "a relay of 1.10 ms against one of 1.00 ms",
            Self::Relay105 => "a relay of 1.05 ms against one of 1.00 ms, policy 3%",
            Self::Cpu110 => "a build that burns 10% more CPU a request",
            Self::Neighbour => {
                "the same gateway on both sides, and a neighbour that takes a core for seconds at \
                 random"
            }
        }
    }

    /// The policy of its gates.
    pub fn policy(self) -> Policy {
        match self {
            Self::Relay105 => Policy::of_percent(3.0),
            _ => Policy::default(),
        }
    }

    /// In what head is worse, if it is.
    pub fn metric(self) -> Metric {
        let chat = Workload::ALL[0];
        match self {
            Self::Relay110 | Self::Relay105 => Metric::Overhead(chat),
            Self::Same | Self::Cpu110 | Self::Neighbour => Metric::Cpu(chat),
        }
    }

    /// What base and head add to each request in microseconds, where they are
    /// null proxies.
    pub fn delays_us(self) -> Option<(u32, u32)> {
        match self {
            Self::Relay110 => Some((1_000, 1_100)),
            Self::Relay105 => Some((1_000, 1_050)),
            _ => None,
        }
    }

    /// About how many blocks a real gate takes, for the estimate.
    pub fn blocks_of_a_gate(self) -> u32 {
        match self {
            Self::Same => 24,
            Self::Relay110 => 24,
            Self::Cpu110 => 28,
            Self::Relay105 => 30,
            Self::Neighbour => 50,
        }
    }
}
