//! `--format json` is what `docs/report.schema.json` says.

use std::fs;
use std::path::Path;

use harness::journal::Journal;
use harness::report::{Format, render};
use harness::summary::Summary;
use jsonschema::Validator;
use serde_json::Value;

use crate::made_up::journal;
use crate::page::journals;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

fn schema() -> Validator {
    let text = fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema");
    jsonschema::draft202012::new(&schema).expect("a schema")
}

fn report(journal: &Journal) -> Value {
    let text = render(journal, &Summary::of(journal), Format::Json).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

fn first_error(schema: &Validator, report: &Value) -> Option<String> {
    let mut errors = schema.iter_errors(report);
    errors
        .next()
        .map(|error| format!("{}: {error}", error.instance_path()))
}

#[test]
fn every_report_fits_the_schema() {
    let schema = schema();
    let committed = fs::read_dir(root().join("results")).expect("results");
    let committed = committed
        .flatten()
        .filter_map(|entry| Journal::read(&entry.path()).ok())
        .map(|journal| ("committed", journal));
    let ranked = ("ranked", journal(13, |_| 5_000.0, |_| 50.0));
    let few = journals()
        .into_iter()
        .filter(|(name, _)| *name != "a-hundred-blocks");
    let mut seen = 0;
    for (name, journal) in few.chain(committed).chain([ranked]) {
        assert_eq!(first_error(&schema, &report(&journal)), None, "{name}");
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn what_does_not_fit_is_found() {
    let schema = schema();
    let good = report(&journal(3, |_| 5_000.0, |_| 50.0));
    assert_eq!(first_error(&schema, &good), None);
    let spoilt = |spoil: &dyn Fn(&mut Value)| {
        let mut report = good.clone();
        spoil(&mut report);
        first_error(&schema, &report)
    };
    // A figure with a value and a reason, with neither, and of no kind known.
    assert!(spoilt(&|report| report["figures"][0]["value"] = Value::Null).is_some());
    let with_value = good["figures"]
        .as_array()
        .expect("figures")
        .iter()
        .position(|one| one["value"].is_number())
        .expect("a value");
    assert!(
        spoilt(&|report| {
            let absent = serde_json::json!({"kind": "not-served", "why": ""});
            report["figures"][with_value]["absent"] = absent;
        })
        .is_some()
    );
    assert!(spoilt(&|report| report["schema"] = 2.into()).is_some());
    assert!(spoilt(&|report| report["figures"][0]["phase"] = "tea".into()).is_some());
}
