//! Which provider answers for a model.

mod table;

pub(crate) use table::RoutingTable;
