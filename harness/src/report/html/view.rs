//! A run as the plots see it, and the plot that most of them are: figures of
//! the summary, a row for each entrant.

use workload::Workload;

use super::canvas::{Drawn, Fill};
use super::figure::{Absent, Figure};
use super::rows::{Mark, Row, rows};
use crate::journal::Journal;
use crate::measured::Measured;
use crate::report::Grid;
use crate::report::footnotes::reason_text;
use crate::report::number::{significant, spread};
use crate::summary::{Estimate, Key, Summary};

/// A run.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) journal: &'a Journal,
    pub(super) summary: &'a Summary,
}

/// One of the figures in a row: its name there, and where it is read from.
pub(super) struct Part {
    /// Empty where it is the only one.
    pub(super) name: &'static str,
    pub(super) key: Key,
}

impl Part {
    pub(super) fn only(key: Key) -> Self {
        Self { name: "", key }
    }

    /// The further out in the tail, the fainter.
    fn fill(index: usize) -> Fill {
        match index {
            0 => Fill::Full,
            1 => Fill::Hollow,
            _ => Fill::Faint,
        }
    }
}

impl<'a> View<'a> {
    /// The names of the entrants, in the order in which they were asked for.
    pub(super) fn entrants(self) -> impl Iterator<Item = &'a str> {
        self.summary
            .run
            .entrants
            .iter()
            .map(|one| one.name.as_str())
    }

    /// A figure in whichever dialect the entrant's provider was asked, and
    /// what the entrant is called with it: where it translated, that is said
    /// wherever the figure stands.
    pub(super) fn get(self, entrant: &str, key: &Key) -> (String, Measured<Estimate>) {
        let figure = self.summary.get_however_asked(entrant, key);
        (self.label(entrant, key.workload), figure)
    }

    /// `litellm`, or `litellm as chat` where it translated a workload.
    pub(super) fn label(self, entrant: &str, workload: Option<Workload>) -> String {
        let mut coverage = self.summary.coverage.iter();
        let provider = coverage
            .find(|(name, _)| name == entrant)
            .and_then(|(_, seen)| seen.iter().find(|one| Some(one.workload) == workload))
            .and_then(|one| one.translated_to);
        match provider {
            Some(provider) => format!("{entrant} as {provider}"),
            None => entrant.to_owned(),
        }
    }

    pub(super) fn latency_level(self) -> u32 {
        let levels = &self.summary.run.profile.latency.concurrency;
        levels.first().copied().unwrap_or_default()
    }

    /// What the ends of intervals are, in this run.
    pub(super) fn ends(self) -> String {
        if self.summary.is_ranked() {
            "95% interval".to_owned()
        } else {
            let blocks = self.summary.blocks;
            format!(
                "range over {blocks} block{}",
                if blocks == 1 { "" } else { "s" }
            )
        }
    }

    /// A row for each entrant with its figures, all in the unit of the first.
    pub(super) fn figure(self, title: &str, note: &str, parts: &[Part]) -> Drawn<Figure> {
        let unit = parts.first().map_or("", |part| part.key.metric.unit());
        let mut table = Grid::new(
            2,
            [
                "entrant",
                "figure",
                unit,
                "low",
                "high",
                "n",
                "absent, because",
            ],
        );
        let mut absent = Absent::default();
        let mut all = Vec::new();
        for entrant in self.entrants() {
            let mut row = Row {
                entrant: entrant.to_owned(),
                label: entrant.to_owned(),
                text: "absent".to_owned(),
                marks: Vec::new(),
            };
            let mut texts = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                let name = part_name(title, part);
                let (label, figure) = self.get(entrant, &part.key);
                row.label.clone_from(&label);
                match figure {
                    Measured::Value(one) => {
                        texts.push(short(part, &one));
                        row.marks.push(Mark {
                            value: one.value,
                            ends: Some((one.low, one.high)),
                            fill: Part::fill(index),
                            lane: 0.0,
                            words: words(&label, name, &one, unit),
                        });
                        table.rows.push(line(&label, name, &one));
                    }
                    Measured::Absent { absent: reason } => {
                        let why = reason_text(&reason);
                        absent.add_part(part.name, entrant, &why);
                        let empty = std::iter::repeat_n(String::new(), 4);
                        let begin = [label, name.to_owned()].into_iter();
                        table.rows.push(begin.chain(empty).chain([why]).collect());
                    }
                }
            }
            if !texts.is_empty() {
                // More would not leave room for the name.
                row.text = texts.into_iter().take(2).collect::<Vec<_>>().join(" · ");
                if parts.len() == 1 {
                    row.text = format!("{} {unit}", row.text);
                }
            }
            all.push(row);
        }
        let has_marks = all.iter().any(|row| !row.marks.is_empty());
        let picture = if has_marks {
            Some(rows(unit, &all)?)
        } else {
            None
        };
        Ok(Figure {
            title: title.to_owned(),
            note: note.to_owned(),
            picture,
            table,
            absent,
        })
    }
}

fn part_name<'a>(title: &'a str, part: &'a Part) -> &'a str {
    if part.name.is_empty() {
        title
    } else {
        part.name
    }
}

/// As it stands in a row: with its spread where it is alone, with its name
/// where it is not.
fn short(part: &Part, one: &Estimate) -> String {
    let value = significant(one.value);
    match (part.name, spread(one)) {
        ("", Some(spread)) => format!("{value} {spread}"),
        ("", None) => value,
        (name, _) => format!("{name} {value}"),
    }
}

/// A figure in words, with all that it stands on.
pub(super) fn words(entrant: &str, name: &str, one: &Estimate, unit: &str) -> String {
    let ends = if one.low < one.high {
        format!(" ({} to {})", significant(one.low), significant(one.high))
    } else {
        String::new()
    };
    format!(
        "{entrant}, {name}: {} {unit}{ends}, {}",
        significant(one.value),
        stands_on(one)
    )
}

/// `n 12`, or how many samples where blocks were put together.
pub(super) fn stands_on(one: &Estimate) -> String {
    if one.pooled {
        format!("{} samples of all blocks", one.n)
    } else {
        format!("n {}", one.n)
    }
}

fn line(entrant: &str, name: &str, one: &Estimate) -> Vec<String> {
    vec![
        entrant.to_owned(),
        name.to_owned(),
        significant(one.value),
        significant(one.low),
        significant(one.high),
        if one.pooled {
            format!("{} samples", one.n)
        } else {
            one.n.to_string()
        },
        String::new(),
    ]
}
