//! A figure of the page: a picture, what it leaves out, and its data.

use std::fmt::Write as _;

use super::canvas::Picture;
use super::markup::escape;
use super::tables;
use crate::report::Grid;

/// A plot with its data.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) title: String,
    /// What the picture shows, and how to read it.
    pub(super) note: String,
    /// None where nothing could be drawn.
    pub(super) picture: Option<Picture>,
    /// What is drawn, in numbers.
    pub(super) table: Grid,
    pub(super) absent: Absent,
}

/// What a picture does not show, and why: reasons, and for each the parts of
/// the figure and of which entrants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Absent(Vec<(String, Parts)>);

/// Parts of a figure, and the entrants that lack each.
type Parts = Vec<(String, Vec<String>)>;

impl Absent {
    /// An entrant that is not shown.
    pub(super) fn add(&mut self, entrant: &str, why: &str) {
        self.add_part("", entrant, why);
    }

    /// A part of what would be shown of an entrant; `part` may be empty.
    pub(super) fn add_part(&mut self, part: &str, entrant: &str, why: &str) {
        let parts = entry(&mut self.0, why);
        entry(parts, part).push(entrant.to_owned());
    }

    fn html(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut html = "<ul class=\"absent\" aria-label=\"Not shown\">".to_owned();
        for (why, parts) in &self.0 {
            // Parts that the same entrants lack stand together.
            let mut together: Vec<(Vec<&str>, &[String])> = Vec::new();
            for (part, entrants) in parts {
                match together.iter_mut().find(|(_, known)| known == entrants) {
                    Some((parts, _)) => parts.push(part),
                    None => together.push((vec![part], entrants)),
                }
            }
            let words: Vec<String> = together
                .into_iter()
                .map(|(parts, entrants)| match parts.join(", ").as_str() {
                    "" => entrants.join(", "),
                    parts => format!("{parts} of {}", entrants.join(", ")),
                })
                .collect();
            // Writing to a string cannot fail.
            let _ = write!(
                html,
                "<li><b>{}</b> {}</li>",
                escape(&words.join("; ")),
                escape(why)
            );
        }
        html + "</ul>\n"
    }
}

/// The value under a key, which is added at the end where it is new.
fn entry<'a, T: Default>(all: &'a mut Vec<(String, T)>, key: &str) -> &'a mut T {
    let known = all.iter().position(|(known, _)| known == key);
    let index = known.unwrap_or_else(|| {
        all.push((key.to_owned(), T::default()));
        all.len() - 1
    });
    &mut all[index].1
}

impl Figure {
    pub(super) fn html(&self) -> String {
        let title = escape(&self.title);
        let mut html = format!("<figure>\n<figcaption><h3>{title}</h3>");
        if !self.note.is_empty() {
            let _ = write!(html, "<p>{}</p>", escape(&self.note));
        }
        html += "</figcaption>\n";
        match &self.picture {
            Some(picture) if picture.marks > 0 => {
                html += &picture.svg(&format!("{}. Its data follows as a table.", self.title));
                html.push('\n');
            }
            _ => html += "<p class=\"nothing\">Nothing to draw: every figure is absent.</p>\n",
        }
        html += &self.absent.html();
        if !self.table.rows.is_empty() {
            let _ = writeln!(
                html,
                "<details><summary>Data<span class=\"aside\"> of {title}</span></summary>\n{}</details>",
                tables::grid(&self.table, &self.title)
            );
        }
        html + "</figure>\n"
    }
}
