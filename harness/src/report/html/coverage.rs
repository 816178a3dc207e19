//! Who serves what, and why not.

use std::fmt::Write as _;

use workload::Workload;

use super::markup::escape;
use super::view::View;
use crate::measured::Reason;
use crate::summary::{Coverage, RouteCoverage};

/// Tables of ticks and crosses, of workloads and of ways to a provider of
/// another dialect; each reason on hover and in text below.
pub(super) fn html(view: View<'_>) -> String {
    let mut workloads = Table::new(Workload::ALL.map(|one| one.name().to_owned()).to_vec());
    for (entrant, seen) in &view.summary.coverage {
        workloads.begin(entrant);
        for one in seen {
            workloads.cell(
                entrant,
                one.workload.name(),
                Some(&one.served),
                &translated(one),
            );
        }
    }
    workloads.html("Coverage") + &routes(view)
}

/// What a tick needs said beside it.
fn translated(one: &Coverage) -> String {
    match (one.translated_to, one.mixed_with) {
        (Some(provider), _) => format!("as {provider}"),
        (None, Some(provider)) => format!("in part as {provider}"),
        (None, None) => String::new(),
    }
}

/// Clients of one dialect, a provider that speaks another; empty where no
/// entrant was asked so.
fn routes(view: View<'_>) -> String {
    let all = || view.summary.routes.iter().flat_map(|(_, routes)| routes);
    let mut names: Vec<String> = Vec::new();
    for one in all().filter(|one| one.route.is_translated()) {
        let name = name(one);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return String::new();
    }
    let mut table = Table::new(names.clone());
    for (entrant, routes) in &view.summary.routes {
        table.begin(entrant);
        for name in &names {
            let of_name = routes.iter().find(|one| self::name(one) == *name);
            table.cell(entrant, name, of_name.map(|one| &one.served), "");
        }
    }
    format!(
        "<h3>Translated: a client's workload → its provider's dialect</h3>\n\
         <p>Served: answered right in the client's dialect, and the provider was asked in its own \
         and in no other. Empty: no such way is declared.</p>\n{}",
        table.html("Translated coverage")
    )
}

fn name(one: &RouteCoverage) -> String {
    format!("{} → {}", one.route.workload, one.route.provider)
}

/// A table of ticks that grows cell by cell.
struct Table {
    columns: Vec<String>,
    body: String,
    /// Why something is not served, and where.
    reasons: Vec<(String, Vec<String>)>,
}

impl Table {
    fn new(columns: Vec<String>) -> Self {
        Self {
            columns,
            body: String::new(),
            reasons: Vec::new(),
        }
    }

    fn begin(&mut self, entrant: &str) {
        if !self.body.is_empty() {
            self.body += "</tr>\n";
        }
        // Writing to a string cannot fail.
        let _ = write!(self.body, "<tr><th scope=\"row\">{}</th>", escape(entrant));
    }

    fn cell(
        &mut self,
        entrant: &str,
        column: &str,
        served: Option<&Result<(), Reason>>,
        beside: &str,
    ) {
        let reason = match served {
            None => return self.body += "<td></td>",
            Some(Ok(())) => {
                let _ = write!(
                    self.body,
                    "<td class=\"yes\">✓<span class=\"aside\"> served</span>{}</td>",
                    if beside.is_empty() {
                        String::new()
                    } else {
                        format!(" {}", escape(beside))
                    }
                );
                return;
            }
            Some(Err(reason)) => reason,
        };
        let why = reason.to_string();
        let (class, sign, said) = match reason {
            Reason::NotServed(_) => ("no", "✗", "not served"),
            _ => ("unknown", "–", "not measured"),
        };
        let _ = write!(
            self.body,
            "<td class=\"{class}\" title=\"{}\">{sign}<span class=\"aside\"> {said}</span></td>",
            escape(&why)
        );
        let what = format!("{entrant}: {column}");
        match self.reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, cells)) => cells.push(what),
            None => self.reasons.push((why, vec![what])),
        }
    }

    fn html(self, label: &str) -> String {
        let columns: String = self
            .columns
            .iter()
            .map(|column| format!("<th scope=\"col\">{}</th>", escape(column)))
            .collect();
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}, table\">\
             <table class=\"coverage\">\n<thead><tr><th scope=\"col\">entrant</th>{columns}</tr>\
             </thead>\n<tbody>\n{}</tr>\n</tbody></table></div>\n",
            self.body
        );
        if !self.reasons.is_empty() {
            html += "<ul class=\"absent\">";
            for (why, cells) in self.reasons {
                let _ = write!(
                    html,
                    "<li><b>{}</b> {}</li>",
                    escape(&cells.join(", ")),
                    escape(&why)
                );
            }
            html += "</ul>\n";
        }
        html
    }
}
