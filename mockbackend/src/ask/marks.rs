//! Words in a prompt that ask the mock for something that no field does.

use memchr::memmem;
use workload::Dialect;

/// A refusal instead of the answer.
const REFUSE: &str = "[[refuse]]";
/// A cache held part of the request.
const CACHED: &str = "[[cached]]";
/// Two functions are called at once.
const TWO_TOOLS: &str = "[[two tools]]";
/// The text is JSON: what arguments would be.
const JSON: &str = "[[json]]";
/// That JSON, and arguments, have keys outside ASCII.
const FOREIGN_KEYS: &str = "[[foreign keys]]";

/// Which of them a request has, anywhere in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) refuse: bool,
    pub(super) cached: bool,
    pub(super) two_tools: bool,
    pub(super) json: bool,
    pub(super) foreign_keys: bool,
}

impl Marks {
    /// Looks through a request's bytes. In Messages the field `cache_control`
    /// does what the mark for a cache does elsewhere, too.
    pub(super) fn find(dialect: Dialect, body: &[u8]) -> Self {
        let has = |mark: &str| memmem::find(body, mark.as_bytes()).is_some();
        let marked = has("[[");
        Self {
            refuse: marked && has(REFUSE),
            cached: (marked && has(CACHED))
                || (dialect == Dialect::Messages && has("\"cache_control\"")),
            two_tools: marked && has(TWO_TOOLS),
            json: marked && has(JSON),
            foreign_keys: marked && has(FOREIGN_KEYS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        let find = |dialect, body: &str| Marks::find(dialect, body.as_bytes());
        assert_eq!(find(Dialect::Chat, "[1,[2]] [[x]]"), Marks::default());
        let all = find(Dialect::Chat, "[[refuse]][[cached]] [[two tools]]");
        assert!(all.refuse && all.cached && all.two_tools && !all.json);
        let json = find(Dialect::Chat, "[[json]] [[foreign keys]]");
        assert!(json.json && json.foreign_keys && !json.refuse);
        let control = r#"{"cache_control":{"type":"ephemeral"}}"#;
        assert!(find(Dialect::Messages, control).cached);
        assert!(!find(Dialect::Chat, control).cached);
    }
}
