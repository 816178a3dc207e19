//! "Can this run be trusted?", in one panel.

use std::fmt::Write as _;

use super::markup::escape;
use crate::report::trust::{Verdict, checks};
use crate::summary::Summary;

/// A card for each check.
pub(super) fn html(summary: &Summary) -> String {
    let mut html = "<ul class=\"trust\">\n".to_owned();
    for check in checks(summary) {
        let (class, sign, said) = match check.verdict {
            Verdict::Good => ("good", "✓", "good"),
            Verdict::Limits => ("limits", "!", "a limit"),
            Verdict::Unknown => ("unknown", "?", "unknown"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            html,
            "<li class=\"{class}\"><h3><span class=\"sign\" aria-hidden=\"true\">{sign}</span> \
             {}<span class=\"aside\">: {said}</span></h3><p>{}</p><p class=\"so\">{}</p></li>",
            escape(&check.name),
            escape(&check.found),
            escape(&check.so)
        );
    }
    html + "</ul>\n"
}
