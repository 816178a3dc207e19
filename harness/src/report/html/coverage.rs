//! Who serves what, and why not.

use std::fmt::Write as _;

use workload::Workload;

use super::markup::escape;
use super::view::View;
use crate::measured::Reason;

/// A table of ticks and crosses; each reason on hover and in text below.
pub(super) fn html(view: View<'_>) -> String {
    let mut html = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Coverage, \
                    table\"><table class=\"coverage\">\n<thead><tr><th scope=\"col\">entrant</th>"
        .to_owned();
    for workload in Workload::ALL {
        // Writing to a string cannot fail.
        let _ = write!(html, "<th scope=\"col\">{workload}</th>");
    }
    html += "</tr></thead>\n<tbody>\n";
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for (entrant, seen) in &view.summary.coverage {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(entrant));
        for one in seen {
            let Err(reason) = &one.served else {
                html += "<td class=\"yes\">✓<span class=\"aside\"> served</span></td>";
                continue;
            };
            let why = reason.to_string();
            let (class, sign, said) = match reason {
                Reason::NotServed(_) => ("no", "✗", "not served"),
                _ => ("unknown", "–", "not measured"),
            };
            let _ = write!(
                html,
                "<td class=\"{class}\" title=\"{}\">{sign}<span class=\"aside\"> {said}</span></td>",
                escape(&why)
            );
            let what = format!("{entrant}: {}", one.workload);
            match reasons.iter_mut().find(|(known, _)| *known == why) {
                Some((_, cells)) => cells.push(what),
                None => reasons.push((why, vec![what])),
            }
        }
        html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
    if !reasons.is_empty() {
        html += "<ul class=\"absent\">";
        for (why, cells) in reasons {
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
