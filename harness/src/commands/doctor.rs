//! `harness doctor`: what of this machine can spoil figures.

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::CommandError;
use crate::cli::DoctorArgs;
use crate::doctor::{Finding, Verdict, examine};
use crate::interrupt;
use crate::process::Programs;

/// Version of the JSON document's shape.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    findings: &'a [Finding],
}

/// Prints what was found and what to do about it. A bad machine is no error.
///
/// # Errors
/// The user ended it, or standard output cannot be written.
pub fn doctor(args: &DoctorArgs) -> Result<(), CommandError> {
    interrupt::watch().map_err(CommandError::failure)?;
    let findings = examine(&Programs::new(), !args.quick);
    if interrupt::requested() {
        return Err(CommandError::Interrupted);
    }
    let text = if args.json {
        let document = Document {
            schema: SCHEMA,
            findings: &findings,
        };
        serde_json::to_string_pretty(&document).map_err(CommandError::failure)?
    } else {
        table(&findings)
    };
    super::print(&format!("{text}\n"))
}

fn table(findings: &[Finding]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header([
            "",
            "",
            "found",
            "what it means for the figures",
            "what to do",
        ]);
    for finding in findings {
        table.add_row([
            finding.verdict.name(),
            &finding.subject,
            &finding.found,
            &finding.meaning,
            finding.advice.as_deref().unwrap_or_default(),
        ]);
    }
    let beware = findings.iter().filter(|one| one.verdict == Verdict::Beware);
    format!(
        "{table}\n{} of {} findings to beware of",
        beware.count(),
        findings.len()
    )
}
