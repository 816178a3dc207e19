//! Counts of instructions of base and head: the second gate, which hears what
//! no clock does. A count hardly varies, so there is nothing to test.

use std::collections::BTreeMap;

/// The counts of one build, by function.
pub type Counts = BTreeMap<String, u64>;

/// One function in both builds.
#[derive(Clone, Debug, PartialEq)]
pub struct Counted {
    /// Its name.
    pub function: String,
    /// Instructions in base; none where it is new.
    pub base: Option<u64>,
    /// In head; none where it is gone.
    pub head: Option<u64>,
}

impl Counted {
    /// The change from base as a share; none where one side lacks it.
    pub fn change(&self) -> Option<f64> {
        let (base, head) = (self.base? as f64, self.head? as f64);
        (base > 0.0).then(|| head / base - 1.0)
    }

    /// Whether head takes more than `limit_percent` more. A function that had
    /// none and has some does.
    pub fn is_beyond(&self, limit_percent: f64) -> bool {
        let (Some(base), Some(head)) = (self.base, self.head) else {
            return false;
        };
        // Without a division, so that what is exactly the limit is within it.
        100.0 * (head as f64 - base as f64) > limit_percent * base as f64
    }
}

/// Reads what the bench prints: a line a function, its name of one or several
/// words and its count, and a line of headings.
///
/// # Errors
/// A line that is none of these, or no line at all; in words.
pub fn parse(text: &str) -> Result<Counts, String> {
    let mut counts = Counts::new();
    for (index, line) in text.lines().enumerate() {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let wrong = || format!("line {}: not a function and its count: {line}", index + 1);
        match words.pop() {
            None => {}
            Some("instructions") if words == ["function"] => {}
            Some(count) => {
                let count = count.parse().map_err(|_| wrong())?;
                if words.is_empty() {
                    return Err(wrong());
                }
                let name = words.join(" ");
                if counts.insert(name.clone(), count).is_some() {
                    return Err(format!("line {}: {name} is counted twice", index + 1));
                }
            }
        }
    }
    match counts.is_empty() {
        true => Err("it holds no counts; is valgrind installed where they were made?".to_owned()),
        false => Ok(counts),
    }
}

/// Every function of either side, by name.
pub fn compared(base: &Counts, head: &Counts) -> Vec<Counted> {
    let mut names: Vec<&String> = base.keys().chain(head.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|function| Counted {
            function: function.clone(),
            base: base.get(function).copied(),
            head: head.get(function).copied(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "function             instructions\nscan    1000\ntrail   200\nold 5\n";

    #[test]
    fn two_percent_is_the_limit_and_not_beyond_it() {
        let base = parse(BASE).unwrap();
        let head = parse("scan 1020\ntrail 205\nnew 7\n").unwrap();
        let found = compared(&base, &head);
        let beyond: Vec<&str> = found
            .iter()
            .filter(|one| one.is_beyond(2.0))
            .map(|one| one.function.as_str())
            .collect();
        assert_eq!(beyond, ["trail"]);
        let names: Vec<&str> = found.iter().map(|one| one.function.as_str()).collect();
        assert_eq!(names, ["new", "old", "scan", "trail"]);
        assert_eq!(found[0].change(), None);
    }

    #[test]
    fn what_was_nothing_and_is_something_is_beyond() {
        let one = Counted {
            function: "a".into(),
            base: Some(0),
            head: Some(1),
        };
        assert!(one.is_beyond(50.0));
    }

    #[test]
    fn what_is_no_count_is_told() {
        assert!(parse("").unwrap_err().contains("no counts"));
        assert!(
            parse("function instructions\n")
                .unwrap_err()
                .contains("valgrind")
        );
        assert!(
            parse("scan many\n")
                .unwrap_err()
                .starts_with("line 1: not a function")
        );
        assert!(
            parse("1000\n")
                .unwrap_err()
                .starts_with("line 1: not a function")
        );
        assert_eq!(
            parse("messages to chat, whole   7\n").unwrap()["messages to chat, whole"],
            7
        );
        assert!(parse("scan 1\nscan 2\n").unwrap_err().contains("twice"));
    }
}
