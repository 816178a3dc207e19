//! Which processes belong to a started one.

use std::collections::{HashMap, HashSet};
use std::io;

use super::environment;
use super::stat::{self, Stat};

/// A process and everything that came of it: its descendants, its process
/// group, and whatever carries the label it was started with.
///
/// A process once seen as a member stays one, also when its parent ends and
/// it gets another.
#[derive(Debug)]
pub struct Tree {
    root: u32,
    label: Option<String>,
    /// Id and start of every member.
    members: HashMap<u32, u64>,
    /// Processes that are known not to belong: asked once, not each time.
    foreign: HashSet<u32>,
}

impl Tree {
    /// The tree of `root`, a process that leads its process group.
    ///
    /// `label` is the value of `environment::START_LABEL` in the members'
    /// environment; with none, descent and group decide alone.
    pub fn new(root: u32, label: Option<String>) -> Self {
        let members = stat::read_stat(root)
            .map(|stat| HashMap::from([(root, stat.started_ticks)]))
            .unwrap_or_default();
        Self {
            root,
            label,
            members,
            foreign: HashSet::new(),
        }
    }

    /// Looks through /proc for new members.
    ///
    /// # Errors
    /// /proc cannot be read.
    pub fn refresh(&mut self) -> io::Result<()> {
        let present: HashSet<u32> = stat::pids()?.collect();
        self.foreign.retain(|pid| present.contains(pid));
        let mut new: Vec<Stat> = present
            .iter()
            .filter(|pid| !self.foreign.contains(pid) && !self.members.contains_key(pid))
            .filter_map(|&pid| stat::read_stat(pid).ok())
            .collect();
        // A child may be listed before its parent: until nothing is found.
        loop {
            let before = new.len();
            new.retain(|stat| {
                let belongs = self.takes(stat);
                if belongs {
                    self.members.insert(stat.pid, stat.started_ticks);
                }
                !belongs
            });
            if new.len() == before {
                break;
            }
        }
        self.foreign.extend(new.iter().map(|stat| stat.pid));
        Ok(())
    }

    fn takes(&self, stat: &Stat) -> bool {
        self.members.contains_key(&stat.parent)
            || stat.group == self.root
            || self.label.as_ref().is_some_and(|label| {
                environment::label_of(stat.pid, environment::START_LABEL).as_ref() == Some(label)
            })
    }

    /// What /proc/PID/stat says of each member now; members that are gone are
    /// forgotten. Zombies are among them.
    pub fn live(&mut self) -> Vec<Stat> {
        let mut found = Vec::with_capacity(self.members.len());
        self.members
            .retain(|&pid, &mut started| match stat::read_stat(pid) {
                // The same id with another start is another process.
                Ok(stat) if stat.started_ticks == started => {
                    found.push(stat);
                    true
                }
                _ => false,
            });
        found
    }
}
