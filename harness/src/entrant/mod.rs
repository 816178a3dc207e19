//! The entrants: what is measured, and how each is started and reached.

mod by_hand;
mod catalogue;
mod diagnosis;
mod folder;
mod manifest;
mod placeholders;
mod secrets;
mod target;
mod validate;

pub use by_hand::ContainerByHand;
pub use catalogue::{Catalogue, CatalogueError, Entrant, UnknownEntrant};
pub use diagnosis::ManifestError;
pub use folder::Folder;
pub use manifest::{Accounting, Container, Crossing, Manifest, Process, Ready, Setup};
pub use placeholders::{UnknownPlaceholder, Values};
pub use secrets::Secrets;
pub use target::Target;
