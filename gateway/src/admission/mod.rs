//! Who is let in, and how many: client keys, their rates, and the limit on all requests at work.

mod keyring;
mod load;
mod rate;

pub(crate) use keyring::{Keyring, Member};
pub(crate) use load::{Load, Ticket};
