//! The page of all published runs.

use std::fmt::Write as _;

use super::markup::escape;
use super::page::Page;
use crate::summary::Summary;

/// A run and the name of its folder.
#[derive(Clone, Copy, Debug)]
pub struct IndexEntry<'a> {
    /// Beside the page.
    pub folder: &'a str,
    /// What it found.
    pub summary: &'a Summary,
}

/// A page with a row for each run, in the order given, and the folders of
/// self-tests.
pub fn index_page(entries: &[IndexEntry<'_>], selftests: &[String]) -> String {
    let head =
        "<p class=\"lede\">Published runs, each with its raw records: every table and every \
                picture can be made again from its journal.</p>\n"
            .to_owned();
    let mut page = Page::new("Results of Tollgate", head);
    page.section("runs", "Runs", "");
    page.add(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Runs, table\"><table>\n\
         <thead><tr><th scope=\"col\">run</th><th scope=\"col\">profile</th>\
         <th scope=\"col\">blocks</th><th scope=\"col\">runner</th><th scope=\"col\">machine</th>\
         <th scope=\"col\">entrants</th><th scope=\"col\">ranked</th><th scope=\"col\">also</th></tr>\
         </thead>\n<tbody>\n",
    );
    for entry in entries {
        page.add(&row(entry));
    }
    page.add("</tbody></table></div>\n");
    if !selftests.is_empty() {
        page.section(
            "selftests",
            "Self-tests of the instruments",
            "Whether generator and mock are right, on the machine of the runs.",
        );
        page.add("<ul>\n");
        for folder in selftests {
            let folder = escape(folder);
            page.add(&format!(
                "<li><a href=\"{folder}/selftest.md\">{folder}</a></li>\n"
            ));
        }
        page.add("</ul>\n");
    }
    page.html("<p>Made by <code>harness index</code> from the journals.</p>\n")
}

fn row(entry: &IndexEntry<'_>) -> String {
    let run = &entry.summary.run;
    let machine = |name: &str| match &run.machine[name] {
        serde_json::Value::String(text) => escape(text),
        serde_json::Value::Null => "unknown".to_owned(),
        other => escape(&other.to_string()),
    };
    let here = run.entrants.iter().filter(|one| one.absent.is_none());
    let names: Vec<&str> = here.map(|one| one.name.as_str()).collect();
    let folder = escape(entry.folder);
    let mut html =
        format!("<tr><th scope=\"row\"><a href=\"{folder}/report.html\">{folder}</a></th>");
    // Writing to a string cannot fail.
    let _ = writeln!(
        html,
        "<td>{}</td><td>{} of {}</td><td>{}</td><td>{}, {} cores</td><td>{}</td><td>{}</td>\
         <td><a href=\"{folder}/tables.md\">tables</a>, <a href=\"{folder}/measurements.csv\">csv</a>, \
         <a href=\"{folder}/journal.jsonl\">journal</a></td></tr>",
        escape(&run.profile.name),
        entry.summary.blocks,
        run.profile.blocks,
        escape(&run.runner),
        machine("cpu_model"),
        machine("cores"),
        escape(&names.join(", ")),
        if entry.summary.is_ranked() {
            "yes"
        } else {
            "no"
        },
    );
    html
}
