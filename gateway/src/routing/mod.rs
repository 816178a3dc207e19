//! Which providers may answer for a model, and in which order they are tried.

mod table;
mod tries;

pub(crate) use table::{Listed, Place, Route, RoutingTable};
pub(crate) use tries::{Failure, Tries};
