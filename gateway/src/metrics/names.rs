//! The names that may stand in labels: of models, providers and client keys.

use std::sync::{Mutex, PoisonError};

/// A name's number. Numbers are given once and never taken back, so that counts survive a
/// reload of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Label(u16);

impl Label {
    /// Stands for everything that the configuration does not name.
    pub(crate) const OTHER: Self = Self(0);
    /// Stands for nothing, as of a request that reached no provider.
    pub(crate) const NONE: Self = Self(1);
}

/// All names that were ever configured. Locked only when a worker meets a name for the first
/// time, and for the page.
pub(crate) struct Names(Mutex<Vec<Box<str>>>);

impl Default for Names {
    fn default() -> Self {
        Self(Mutex::new(vec!["other".into(), "".into()]))
    }
}

impl Names {
    /// The number of `name`; `OTHER` once there are as many names as numbers.
    pub(crate) fn label(&self, name: &str) -> Label {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = names.iter().skip(2).position(|known| **known == *name);
        let position = known.map_or(names.len(), |position| position + 2);
        let Ok(number) = u16::try_from(position) else {
            return Label::OTHER;
        };
        if known.is_none() {
            names.push(name.into());
        }
        Label(number)
    }

    /// The names by their numbers.
    pub(super) fn list(&self) -> Vec<Box<str>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Label {
    pub(super) fn name(self, names: &[Box<str>]) -> &str {
        names.get(usize::from(self.0)).map_or("other", |name| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let names = Names::default();
        let fast = names.label("fast");
        assert_eq!(names.label("fast"), fast);
        assert_ne!(names.label("slow"), fast);
        // A model may be called as the stand-ins are, and is still itself.
        assert_ne!(names.label("other"), Label::OTHER);
        let list = names.list();
        assert_eq!(
            (
                fast.name(&list),
                Label::OTHER.name(&list),
                Label::NONE.name(&list)
            ),
            ("fast", "other", "")
        );
    }
}
