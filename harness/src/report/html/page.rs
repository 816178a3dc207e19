//! The parts that pages are made of.

use std::fmt::Write as _;

use super::canvas::legend_mark;
use super::figure::Figure;
use super::markup::escape;
use super::palette::Look;
use super::style;

/// A page that grows section by section.
pub(super) struct Page {
    title: String,
    /// Addresses and titles of the sections.
    contents: Vec<(&'static str, String)>,
    head: String,
    body: String,
}

impl Page {
    /// `head` is what stands under the title.
    pub(super) fn new(title: &str, head: String) -> Self {
        Self {
            title: title.to_owned(),
            contents: Vec::new(),
            head,
            body: String::new(),
        }
    }

    /// Begins a section.
    pub(super) fn section(&mut self, id: &'static str, title: &str, note: &str) {
        self.contents.push((id, title.to_owned()));
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "<h2 id=\"{id}\">{}</h2>", escape(title));
        if !note.is_empty() {
            let _ = writeln!(self.body, "<p>{}</p>", escape(note));
        }
    }

    /// Adds markup as it is.
    pub(super) fn add(&mut self, html: &str) {
        self.body += html;
    }

    pub(super) fn plots(&mut self, figures: &[Figure]) {
        self.body += &plots(figures);
    }

    /// Plots, behind a title that opens them.
    pub(super) fn more_plots(&mut self, title: &str, figures: &[Figure]) {
        if figures.is_empty() {
            return;
        }
        let _ = writeln!(
            self.body,
            "<details class=\"more\"><summary>{}</summary>\n{}</details>",
            escape(title),
            plots(figures)
        );
    }

    /// What colours and shapes stand for, and whose are the same: a look
    /// follows from a name alone, and there are not so many looks as names.
    pub(super) fn legend<'a>(&mut self, entrants: impl Iterator<Item = &'a str>) {
        let mut looks: Vec<(Look, Vec<&str>)> = Vec::new();
        self.body += "<ul class=\"legend\" aria-label=\"Entrants\">";
        for entrant in entrants {
            let look = Look::of(entrant);
            let mark = legend_mark(look);
            let _ = write!(self.body, "<li>{mark}{}</li>", escape(entrant));
            match looks.iter_mut().find(|(known, _)| *known == look) {
                Some((_, names)) => names.push(entrant),
                None => looks.push((look, vec![entrant])),
            }
        }
        self.body += "</ul>\n";
        let alike = looks.into_iter().filter(|(_, names)| names.len() > 1);
        let alike: Vec<String> = alike.map(|(_, names)| names.join(", ")).collect();
        if !alike.is_empty() {
            let _ = writeln!(
                self.body,
                "<p class=\"meta\">These look the same: {}. The words of a mark and the data \
                 under a plot tell which is which.</p>",
                escape(&alike.join("; "))
            );
        }
    }

    pub(super) fn html(self, foot: &str) -> String {
        let contents: Vec<String> = self
            .contents
            .iter()
            .map(|(id, title)| format!("<li><a href=\"#{id}\">{}</a></li>", escape(title)))
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n\
             <header>\n<h1>{title}</h1>\n{head}<nav aria-label=\"Contents\"><ul>{contents}</ul></nav>\n\
             </header>\n<main>\n{body}</main>\n<footer>\n{foot}</footer>\n</body>\n</html>\n",
            title = escape(&self.title),
            style = style::of_page(),
            head = self.head,
            contents = contents.join(""),
            body = self.body,
        )
    }
}

fn plots(figures: &[Figure]) -> String {
    let mut html = "<div class=\"plots\">\n".to_owned();
    for figure in figures {
        html += &figure.html();
    }
    html + "</div>\n"
}
