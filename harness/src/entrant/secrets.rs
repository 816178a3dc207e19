//! What the command line gave to an entrant and no results folder may hold.

use super::{Manifest, Values};

/// Values shorter than this are words like any other: hiding each `1` of a
/// message hides the message.
const SHORTEST: usize = 4;
/// What stands in their place.
const HIDDEN: &str = "[hidden]";

/// Values that may be secret, the longest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// The values of environment and headers in a manifest that came from the
    /// command line, as they were given and as `values` fills them in; none of
    /// one that was read from a folder, which everybody may read.
    pub fn of(manifest: &Manifest, values: &Values) -> Self {
        if !manifest.by_hand {
            return Self::default();
        }
        let env = manifest.container.iter().flat_map(|one| one.env.values());
        let given: Vec<&String> = env.chain(manifest.headers.values()).collect();
        let filled = given.iter().filter_map(|value| values.fill(value).ok());
        Self::new(filled.chain(given.iter().map(|value| (*value).clone())))
    }

    fn new(values: impl Iterator<Item = String>) -> Self {
        let mut all = Vec::new();
        for value in values {
            // A gateway may tell of a key without its scheme, of a line of a
            // certificate, or with the escapes of a quoted string.
            let words = value.split_once(' ').map(|(_, key)| key.to_owned());
            let lines = value.lines().map(|line| line.trim().to_owned());
            let quoted = [
                format!("{value:?}"),
                serde_json::Value::from(value.as_str()).to_string(),
            ];
            let quoted = quoted.map(|text| text[1..text.len() - 1].to_owned());
            all.extend(words.into_iter().chain(lines).chain(quoted));
            all.push(value);
        }
        all.retain(|value| value.chars().count() >= SHORTEST);
        all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        Self(all)
    }

    /// `text` without them.
    pub fn hide(&self, text: &str) -> String {
        let hidden = self
            .0
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN));
        self.without_a_beginning(hidden)
    }

    /// Without what is left of one at the end of a text that was cut off.
    fn without_a_beginning(&self, text: String) -> String {
        let end = text.trim_end_matches('…');
        let begins = |at: &usize| {
            let rest = &end[*at..];
            rest.chars().count() >= SHORTEST && self.0.iter().any(|one| one.starts_with(rest))
        };
        match end.char_indices().map(|(at, _)| at).find(begins) {
            Some(at) => format!("{}{HIDDEN}{}", &end[..at], &text[end.len()..]),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().map(|value| (*value).to_owned()))
    }

    #[test]
    fn what_was_given_is_hidden_the_longest_first() {
        let secrets = secrets(&["sk-1", "sk-1234", "yes", "Bearer top key"]);
        assert_eq!(
            secrets.hide("A=sk-1234 B=sk-1 C=yes D='Bearer top key' E=top key."),
            "A=[hidden] B=[hidden] C=yes D='[hidden]' E=[hidden]."
        );
        assert_eq!(Secrets::default().hide("sk-1234"), "sk-1234");
    }

    #[test]
    fn other_forms_of_it_are_hidden_too() {
        let secrets = secrets(&["a \"key\"", "-----BEGIN-----\nMIIB\n"]);
        assert_eq!(secrets.hide(r#"{"k":"a \"key\""}"#), r#"{"k":"[hidden]"}"#);
        assert_eq!(secrets.hide("MIIB"), HIDDEN);
        assert_eq!(secrets.hide(r"-----BEGIN-----\nMIIB\n"), HIDDEN);
    }

    #[test]
    fn the_beginning_of_one_that_was_cut_off_is_hidden() {
        let secrets = secrets(&["sk-12345678"]);
        assert_eq!(secrets.hide("wrong key sk-1234…"), "wrong key [hidden]…");
        assert_eq!(secrets.hide("wrong key sk-1234"), "wrong key [hidden]");
        assert_eq!(secrets.hide("wrong key sk-"), "wrong key sk-");
        assert_eq!(secrets.hide("é sk-1234 é"), "é sk-1234 é");
    }

    #[test]
    fn only_the_command_lines_values_are_secret() {
        let text = "title = \"t\"\nruntime = \"r\"\nheaders = { x-key = \"header-1\" }\n\
                    [container]\nimage = \"i\"\nport = 1\nenv = { A = \"{port}-env\" }\n";
        let mut manifest: Manifest = toml::from_str(text).unwrap();
        let values = Values::default().with("port", 4567);
        let told = "header-1 4567-env {port}-env";
        assert_eq!(Secrets::of(&manifest, &values).hide(told), told);
        manifest.by_hand = true;
        let hidden = Secrets::of(&manifest, &values).hide(told);
        assert_eq!(hidden, "[hidden] [hidden] [hidden]");
    }
}
