//! Trials that run side by side and take turns: while one is started or
//! loaded, the others do nothing. What a machine does for a second or two then
//! hits all of them alike, which it does not where one trial follows another.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A strict rotation of the trials that take part, until they leave.
#[derive(Debug)]
pub struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// The turns that each has had; none of one that has left.
    had: Vec<Option<u64>>,
    is_taken: bool,
}

/// A part in the rotation; dropping it leaves.
#[derive(Debug)]
pub struct Part<'a> {
    turns: &'a Turns,
    place: usize,
}

/// A turn; dropping it passes it on.
#[derive(Debug)]
pub struct Turn<'a> {
    part: &'a Part<'a>,
}

impl Turns {
    /// A rotation of `count` trials, all of which take part from now on.
    pub fn of(count: usize) -> Self {
        Self {
            state: Mutex::new(State {
                had: vec![Some(0); count],
                is_taken: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// The part of the trial that is `place`th in each round, from 0.
    pub fn part(&self, place: usize) -> Part<'_> {
        Part { turns: self, place }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Part<'_> {
    /// Waits for the next turn: until all others have had as many, and those
    /// before it in the round one more, or have left.
    pub fn take(&self) -> Turn<'_> {
        let mut state = self.turns.lock();
        while state.is_taken || !state.is_next(self.place) {
            let waited = self.turns.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        state.is_taken = true;
        Turn { part: self }
    }
}

impl State {
    fn is_next(&self, place: usize) -> bool {
        let mine = (self.had[place].unwrap_or(u64::MAX), place);
        let mut others = self.had.iter().enumerate();
        others.all(|(other, had)| had.is_none_or(|had| (had, other) >= mine))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.part.turns.lock();
        state.is_taken = false;
        if let Some(had) = &mut state.had[self.part.place] {
            *had += 1;
        }
        self.part.turns.changed.notify_all();
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.turns.lock().had[self.place] = None;
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    /// Who had a turn, in their order; each takes as many as it is told.
    fn order(wanted: &[usize]) -> Vec<usize> {
        let turns = Turns::of(wanted.len());
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            for (place, wanted) in wanted.iter().enumerate() {
                let (turns, sender) = (&turns, sender.clone());
                scope.spawn(move || {
                    let part = turns.part(place);
                    for _ in 0..*wanted {
                        let turn = part.take();
                        sender.send(place).expect("somebody listens");
                        thread::sleep(Duration::from_millis(1));
                        drop(turn);
                    }
                });
            }
        });
        drop(sender);
        receiver.iter().collect()
    }

    #[test]
    fn one_after_the_other_round_by_round() {
        assert_eq!(order(&[3, 3, 3]), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn who_has_left_holds_up_nobody() {
        assert_eq!(order(&[3, 0, 1]), [0, 2, 0, 0]);
        assert_eq!(order(&[2]), [0, 0]);
    }
}
