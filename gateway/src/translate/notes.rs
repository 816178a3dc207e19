//! What translation left out or changed, said to the client in response headers.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::dialect::Dialect;

/// More names than this are counted instead of told.
const MOST_NAMES: usize = 32;
const LONGEST_NAME: usize = 80;

/// The names of a request's parameters that did not reach the provider as they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notes {
    client: Dialect,
    dropped: Names,
    changed: Names,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Names {
    names: Vec<Cow<'static, str>>,
    untold: usize,
}

/// Parameters that several dialects have, under names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    /// A call's arguments.
    Arguments,
    /// Gemini's signature of a call, going elsewhere.
    CallSignature,
    FileName,
    Format,
    FrequencyPenalty,
    /// Whether a tool's result is an error.
    IsError,
    ImageDetail,
    Metadata,
    ParallelToolCalls,
    PresencePenalty,
    PromptCacheKey,
    Reasoning,
    /// How thoughts are to be shown.
    ReasoningDisplay,
    SafetyIdentifier,
    SchemaDescription,
    SchemaName,
    SchemaStrict,
    Seed,
    ServiceTier,
    Stop,
    Store,
    Temperature,
    /// Thoughts of earlier turns.
    Thoughts,
    ToolChoice,
    ToolStrict,
    TopK,
    TopP,
    User,
    Verbosity,
}

impl Parameter {
    /// What a client of `dialect` calls it.
    fn name(self, dialect: Dialect) -> &'static str {
        use Dialect::{Chat, Messages, Responses};
        match (self, dialect) {
            (Self::Arguments, Chat) => "messages.tool_calls.function.arguments",
            (Self::Arguments, Responses) => "input.arguments",
            (Self::Arguments, Messages) => "messages.content.input",
            (Self::CallSignature, _) => {
                "messages.tool_calls.extra_content.google.thought_signature"
            }
            (Self::FileName, Chat) => "messages.content.file.filename",
            (Self::FileName, Responses) => "input.content.filename",
            (Self::FileName, Messages) => "messages.content.title",
            (Self::Format, Chat) => "response_format",
            (Self::Format, Responses) => "text.format",
            (Self::Format, Messages) => "output_config.format",
            (Self::FrequencyPenalty, _) => "frequency_penalty",
            (Self::ImageDetail, Chat) => "messages.content.image_url.detail",
            (Self::ImageDetail, Responses) => "input.content.detail",
            (Self::ImageDetail, Messages) => "messages.content.detail",
            (Self::IsError, _) => "messages.content.is_error",
            (Self::Metadata, _) => "metadata",
            (Self::ParallelToolCalls, Messages) => "tool_choice.disable_parallel_tool_use",
            (Self::ParallelToolCalls, _) => "parallel_tool_calls",
            (Self::PresencePenalty, _) => "presence_penalty",
            (Self::PromptCacheKey, _) => "prompt_cache_key",
            (Self::Reasoning, Chat) => "reasoning_effort",
            (Self::Reasoning, Responses) => "reasoning",
            (Self::Reasoning, Messages) => "thinking",
            (Self::ReasoningDisplay, Responses) => "reasoning.summary",
            (Self::ReasoningDisplay, _) => "thinking.display",
            (Self::SafetyIdentifier, _) => "safety_identifier",
            (Self::SchemaDescription, Chat) => "response_format.json_schema.description",
            (Self::SchemaDescription, _) => "text.format.description",
            (Self::SchemaName, Chat) => "response_format.json_schema.name",
            (Self::SchemaName, _) => "text.format.name",
            (Self::SchemaStrict, Chat) => "response_format.json_schema.strict",
            (Self::SchemaStrict, Responses) => "text.format.strict",
            // Messages has no such word: a format is always kept to.
            (Self::SchemaStrict, Messages) => "output_config.format",
            (Self::Seed, _) => "seed",
            (Self::ServiceTier, _) => "service_tier",
            (Self::Stop, Messages) => "stop_sequences",
            (Self::Stop, _) => "stop",
            (Self::Store, _) => "store",
            (Self::Temperature, _) => "temperature",
            (Self::Thoughts, Chat) => "messages.reasoning_content",
            (Self::Thoughts, Responses) => "input.reasoning",
            (Self::Thoughts, Messages) => "messages.content.thinking",
            (Self::ToolChoice, _) => "tool_choice",
            (Self::ToolStrict, Chat) => "tools.function.strict",
            (Self::ToolStrict, _) => "tools.strict",
            (Self::TopK, _) => "top_k",
            (Self::TopP, _) => "top_p",
            (Self::User, Messages) => "metadata.user_id",
            (Self::User, _) => "user",
            (Self::Verbosity, Responses) => "text.verbosity",
            (Self::Verbosity, _) => "verbosity",
        }
    }
}

impl Notes {
    pub(crate) fn new(client: Dialect) -> Self {
        Self {
            client,
            dropped: Names::default(),
            changed: Names::default(),
        }
    }

    /// The parameter did not reach the provider.
    pub(crate) fn drop(&mut self, parameter: Parameter) {
        self.dropped.add(Cow::Borrowed(parameter.name(self.client)));
    }

    /// The parameter reached the provider with another value or meaning.
    pub(crate) fn change(&mut self, parameter: Parameter) {
        self.changed.add(Cow::Borrowed(parameter.name(self.client)));
    }

    /// As [`Self::drop`], for something that only the client's dialect has.
    pub(crate) fn drop_named(&mut self, name: impl Into<Cow<'static, str>>) {
        self.dropped.add(name.into());
    }

    /// As [`Self::drop_named`], for the member `name` of `place`.
    pub(crate) fn drop_member(&mut self, place: &str, name: &str) {
        self.dropped.add(format!("{place}.{name}").into());
    }

    /// As [`Self::change`], for something that only the client's dialect has.
    pub(crate) fn change_named(&mut self, name: impl Into<Cow<'static, str>>) {
        self.changed.add(name.into());
    }

    /// The value of `x-tollgate-dropped`, if there is anything to say.
    pub(crate) fn dropped(&self) -> Option<String> {
        self.dropped.list()
    }

    /// The value of `x-tollgate-changed`, if there is anything to say.
    pub(crate) fn changed(&self) -> Option<String> {
        self.changed.list()
    }
}

impl Names {
    fn add(&mut self, name: Cow<'static, str>) {
        let name = tame(name);
        if self.names.contains(&name) {
            return;
        }
        if self.names.len() < MOST_NAMES {
            self.names.push(name);
        } else {
            self.untold += 1;
        }
    }

    fn list(&self) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        let mut list = self.names.join(", ");
        if self.untold > 0 {
            let _ = write!(list, ", and {} more", self.untold);
        }
        Some(list)
    }
}

/// A client chooses its members' names; a header's value takes what it can hold.
fn tame(name: Cow<'static, str>) -> Cow<'static, str> {
    let good = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    if name.len() <= LONGEST_NAME && name.bytes().all(good) {
        return name;
    }
    let tamed = name
        .chars()
        .take(LONGEST_NAME)
        .map(|one| {
            if one.is_ascii() && good(one as u8) {
                one
            } else {
                '?'
            }
        })
        .collect();
    Cow::Owned(tamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_once_in_the_clients_words() {
        let mut notes = Notes::new(Dialect::Messages);
        assert_eq!(notes.dropped(), None);
        notes.drop(Parameter::Stop);
        notes.drop(Parameter::Stop);
        notes.drop_member("messages", "name");
        notes.change(Parameter::Reasoning);
        assert_eq!(notes.dropped().unwrap(), "stop_sequences, messages.name");
        assert_eq!(notes.changed().unwrap(), "thinking");
    }

    #[test]
    fn the_list_is_bounded_and_fit_for_a_header() {
        let mut notes = Notes::new(Dialect::Chat);
        notes.drop_named("a\r\nb: é,".to_owned());
        notes.drop_named("x".repeat(500));
        for number in 0..100 {
            notes.drop_named(format!("f{number}"));
        }
        let list = notes.dropped().unwrap();
        assert!(
            list.starts_with("a??b:????, xxx") || list.starts_with("a??b:"),
            "{list}"
        );
        assert!(list.ends_with(", and 70 more"), "{list}");
        assert!(list.len() < 1024 && list.is_ascii() && !list.contains('\n'));
    }

    #[test]
    fn the_longest_list_fits_into_a_head() {
        let mut notes = Notes::new(Dialect::Chat);
        for number in 0..1_000 {
            notes.drop_member("messages.content", &format!("{number}{}", "é".repeat(500)));
        }
        let list = notes.dropped().unwrap();
        assert!(list.ends_with(", and 968 more"), "{list}");
        assert!(list.len() <= MOST_NAMES * (LONGEST_NAME + 2) + 16);
    }
}
