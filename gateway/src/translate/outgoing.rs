//! A request on its way into a provider's dialect.

use super::notes::{Notes, Parameter};
use super::part::{Part, Role};
use super::refused::Refused;
use super::request::{Request, Schema};

/// Where a dialect's writer puts a request, and what it has to say about it.
pub(crate) struct Outgoing<'o> {
    /// What the provider calls the model.
    pub(crate) model: &'o str,
    /// The request's bytes.
    pub(crate) body: Vec<u8>,
    pub(crate) notes: &'o mut Notes,
    /// The function through which the model is to give an answer by a schema (wire row 25).
    pub(crate) schema_tool: Option<String>,
}

impl Outgoing<'_> {
    /// Without tools there is nothing to choose, and providers refuse a choice.
    pub(crate) fn drop_tool_choice(&mut self, request: &Request<'_>) {
        if request.tool_choice.is_some() {
            self.notes.drop(Parameter::ToolChoice);
        }
        if request.parallel_tool_calls == Some(false) {
            self.notes.drop(Parameter::ParallelToolCalls);
        }
    }

    /// Names what only OpenAI's dialects have a word for in an answer's schema; `described`: its
    /// description has a place.
    pub(crate) fn drop_about_schema(&mut self, schema: &Schema<'_>, described: bool) {
        if schema.name.is_some() {
            self.notes.drop(Parameter::SchemaName);
        }
        if schema.description.is_some() && !described {
            self.notes.drop(Parameter::SchemaDescription);
        }
    }

    /// Refuses instructions that are not text alone, where there is no place for others.
    pub(crate) fn only_text_instructs(&self, request: &Request<'_>) -> Result<(), Refused> {
        let instructs = |role| matches!(role, Role::System | Role::Developer);
        let mut turns = request.turns.iter().filter(|turn| instructs(turn.role));
        if turns.any(|turn| turn.parts.iter().any(|part| !matches!(part, Part::Text(_)))) {
            return Err(Refused::unsupported("an instruction that is not text").at("messages"));
        }
        Ok(())
    }

    /// Names what only OpenAI's dialects have a word for.
    pub(crate) fn drop_openai_only(&mut self, request: &Request<'_>) {
        for (parameter, given) in [
            (Parameter::Verbosity, request.verbosity.is_some()),
            (Parameter::Metadata, request.metadata.is_some()),
            // Nothing is stored elsewhere, so `false` is what happens.
            (Parameter::Store, request.store == Some(true)),
            (
                Parameter::PromptCacheKey,
                request.prompt_cache_key.is_some(),
            ),
            (
                Parameter::SafetyIdentifier,
                request.safety_identifier.is_some(),
            ),
        ] {
            if given {
                self.notes.drop(parameter);
            }
        }
    }
}
