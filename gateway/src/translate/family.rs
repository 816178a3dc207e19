//! What a model can do, as far as its name tells.
//!
//! Names that say nothing are taken for a model of the dialect's common ground.

/// Claude's generation, as `(4, 7)` for Opus 4.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claude {
    major: u32,
    minor: u32,
    opus: bool,
}

impl Claude {
    /// Reads names as `claude-3-5-sonnet-20241022`, `claude-opus-4-7`, `anthropic/claude-opus-4.7`
    /// and `us.anthropic.claude-opus-4-1-20250805-v1:0`.
    pub(crate) fn of(model: &str) -> Option<Self> {
        let (_, name) = model.rsplit_once("claude-")?;
        let mut numbers = name
            .split(['-', '.', '@', ':'])
            .skip_while(|token| small_number(token).is_none())
            .map_while(small_number);
        Some(Self {
            major: numbers.next()?,
            minor: numbers.next().unwrap_or(0),
            opus: name.contains("opus"),
        })
    }

    fn since(self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    pub(crate) fn thinks(self) -> bool {
        self.since(3, 7)
    }

    /// Takes `thinking: adaptive` and `output_config.effort`.
    pub(crate) fn thinks_adaptively(self) -> bool {
        self.since(4, 6)
    }

    /// Answers `thinking: enabled` and `disabled` with 400 (wire row 27).
    pub(crate) fn thinks_only_adaptively(self) -> bool {
        self.since(4, 7)
    }

    /// Answers any sampling parameter with 400 (wire row 6).
    pub(crate) fn takes_no_sampling(self) -> bool {
        self.since(4, 7)
    }

    /// Answers `temperature` beside `top_p` with 400 (wire row 7).
    pub(crate) fn takes_one_of_temperature_and_top_p(self) -> bool {
        self.since(4, 1)
    }

    /// Takes `output_config.format` (wire row 24).
    pub(crate) fn takes_schemas(self) -> bool {
        self.since(4, 5) || (self.opus && self.since(4, 1))
    }

    /// Takes `role: system` within a conversation (wire row 2).
    pub(crate) fn takes_later_system(self) -> bool {
        self.since(5, 0) || (self.opus && self.since(4, 8))
    }

    /// What `max_tokens` is if the client sets none: Messages must have it (wire row 5).
    pub(crate) fn default_max_tokens(self) -> u64 {
        match (self.major, self.minor) {
            (..=2, _) | (3, ..=4) => 4_096,
            (3, 5..=6) => 8_192,
            _ => 16_384,
        }
    }
}

fn small_number(token: &str) -> Option<u32> {
    // Dates are numbers too.
    (token.len() <= 2).then(|| token.parse().ok()).flatten()
}

/// The last part of a name that has a provider or an organization before it.
fn base(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// One of OpenAI's own: takes `developer` (wire row 4) and `max_completion_tokens` (wire row 5).
pub(crate) fn is_openai(model: &str) -> bool {
    let name = base(model);
    reasons(model)
        || ["gpt-", "chatgpt-", "ft:gpt-", "codex-"]
            .iter()
            .any(|family| name.starts_with(family))
            && !name.starts_with("gpt-oss")
}

/// One of OpenAI's that reason: refuses `max_tokens` (wire row 5).
pub(crate) fn reasons(model: &str) -> bool {
    let name = base(model);
    ["o1", "o3", "o4", "gpt-5"]
        .iter()
        .any(|family| name.starts_with(family))
}

/// Takes its earlier thoughts back as `reasoning_content`.
pub(crate) fn takes_reasoning_content(model: &str) -> bool {
    let name = base(model).to_ascii_lowercase();
    ["deepseek", "kimi", "glm-", "qwen", "minimax"]
        .iter()
        .any(|family| name.contains(family))
}

/// Gemini's generation, 3 and later measuring thought by levels.
pub(crate) fn gemini_generation(model: &str) -> Option<u32> {
    let (_, name) = model.rsplit_once("gemini-")?;
    let digits = name.split(|one: char| !one.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claudes_names() {
        let of = |name| Claude::of(name).map(|claude| (claude.major, claude.minor, claude.opus));
        for (name, expected) in [
            ("claude-3-5-sonnet-20241022", Some((3, 5, false))),
            ("claude-3-opus-20240229", Some((3, 0, true))),
            ("claude-opus-4-20250514", Some((4, 0, true))),
            ("claude-opus-4-7", Some((4, 7, true))),
            ("anthropic/claude-opus-4.8", Some((4, 8, true))),
            (
                "us.anthropic.claude-opus-4-1-20250805-v1:0",
                Some((4, 1, true)),
            ),
            ("claude-sonnet-4-5@20250929", Some((4, 5, false))),
            ("claude-opus-5", Some((5, 0, true))),
            ("claude-instant", None),
            ("gpt-4o", None),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }

    #[test]
    fn other_names() {
        assert!(is_openai("gpt-4o-mini") && is_openai("openai/o3") && is_openai("gpt-5.1"));
        assert!(!is_openai("llama-3") && !is_openai("openai/gpt-oss-120b"));
        assert!(reasons("o3-mini") && !reasons("gpt-4o"));
        assert!(takes_reasoning_content("deepseek/deepseek-v3.2"));
        assert_eq!(gemini_generation("gemini-3-pro-preview"), Some(3));
        assert_eq!(gemini_generation("models/gemini-2.5-flash"), Some(2));
        assert_eq!(gemini_generation("gemma"), None);
    }
}
