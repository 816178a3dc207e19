//! Reports of runs that never were: what they say follows from the journal.

mod cost;
mod frontier;
mod json;
mod made_up;
mod paced;
mod page;
mod reproduction;
mod schema;
mod translation;
mod trust;
