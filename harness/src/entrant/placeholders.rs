//! `{port}` and its kind, in manifests and configuration files.

use std::collections::BTreeMap;
use std::ops::Range;

/// The placeholders and what stands for them in one start.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<&'static str, String>);

/// A `{name}` that is no placeholder there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown placeholder `{{{name}}}`; known here: {known}")]
pub struct UnknownPlaceholder {
    /// Its name.
    pub name: String,
    /// Where it stands in the text, in bytes.
    pub at: usize,
    known: String,
}

/// Known wherever a start is described.
pub(super) const OF_A_START: [&str; 8] = [
    "cpus",
    "host",
    "install",
    "mock_host",
    "mock_port",
    "mock_url",
    "port",
    "run",
];
/// Known inside a container, which has no folder of this machine.
pub(super) const OF_A_CONTAINER: [&str; 6] =
    ["cpus", "host", "mock_host", "mock_port", "mock_url", "port"];
/// Known in the steps of a setup.
pub(super) const OF_A_SETUP: [&str; 4] = ["cpus", "folder", "install", "version"];

impl Values {
    /// With `name` standing for `value`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.insert(name, value.to_string());
        self
    }

    /// `text` with its placeholders filled in.
    ///
    /// A placeholder is a name of small letters and `_` in braces, with
    /// nothing else in them; any other brace stands for itself, so the
    /// formats of configuration files need no escapes.
    ///
    /// # Errors
    /// A name that has no value here.
    pub fn fill(&self, text: &str) -> Result<String, UnknownPlaceholder> {
        let mut filled = String::with_capacity(text.len());
        let mut end = 0;
        for (range, name) in placeholders(text) {
            let Some(value) = self.0.get(name) else {
                return Err(unknown(name, range.start, self.0.keys().copied()));
            };
            filled.push_str(&text[end..range.start]);
            filled.push_str(value);
            end = range.end;
        }
        filled.push_str(&text[end..]);
        Ok(filled)
    }
}

/// Holds the placeholders of `text` against the names that are `known`.
pub(super) fn check(text: &str, known: &[&str]) -> Result<(), UnknownPlaceholder> {
    match placeholders(text).find(|(_, name)| !known.contains(name)) {
        Some((range, name)) => Err(unknown(name, range.start, known.iter().copied())),
        None => Ok(()),
    }
}

fn unknown<'a>(name: &str, at: usize, known: impl Iterator<Item = &'a str>) -> UnknownPlaceholder {
    let known: Vec<String> = known.map(|name| format!("{{{name}}}")).collect();
    UnknownPlaceholder {
        name: name.to_owned(),
        at,
        known: known.join(", "),
    }
}

/// Each placeholder of `text`: where it stands, braces included, and its name.
fn placeholders(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    text.match_indices('{').filter_map(|(start, _)| {
        let inside = &text[start + 1..];
        let length = inside.find('}')?;
        let name = &inside[..length];
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_name.then_some((start..start + length + 2, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_names_and_leaves_other_braces() {
        let values = Values::default()
            .with("port", 80)
            .with("run", "/tmp/{port}");
        let json = r#"{"a":{"b":[{}]},"url":"http://h:{port}/","c":"{ port }","D":"{Port}"}"#;
        assert_eq!(
            values.fill(json).unwrap(),
            json.replace("{port}", "80"),
            "JSON needs no escapes"
        );
        assert_eq!(values.fill("{run}{run}").unwrap(), "/tmp/{port}/tmp/{port}");
        assert_eq!(values.fill("é{port").unwrap(), "é{port");
    }

    #[test]
    fn names_what_is_unknown() {
        let error = Values::default()
            .with("port", 1)
            .with("run", "")
            .fill("a {port} {prot}")
            .unwrap_err();
        assert_eq!(error.at, 9);
        assert_eq!(
            error.to_string(),
            "unknown placeholder `{prot}`; known here: {port}, {run}"
        );
        assert_eq!(
            check("{run} {x}", &["run"]).unwrap_err().name,
            "x".to_owned()
        );
    }
}
