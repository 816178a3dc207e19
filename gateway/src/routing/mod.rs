//! Which providers may answer for a model, and in which order they are tried.

mod circuit;
mod table;
mod tries;

pub(crate) use circuit::Circuit;
pub(crate) use table::{Place, Route, RoutingTable};
pub(crate) use tries::{Failure, Tries};
