//! What a request to Gemini asks for.
//!
//! Google takes the names of fields in both spellings (the JSON mapping of
//! Protocol Buffers), and its own client mixes them.

use serde::Deserialize;

use super::{Ask, BadAsk, Reasoning, faults_of};
use crate::ask::marks::Marks;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    contents: Option<Vec<Turn>>,
    tools: Option<Vec<Tools>>,
    #[serde(alias = "tool_config")]
    tool_config: Option<ToolConfig>,
    #[serde(alias = "generation_config")]
    generation_config: Option<GenerationConfig>,
}

#[derive(Deserialize)]
struct Turn {
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(alias = "function_response")]
    function_response: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tools {
    #[serde(alias = "function_declarations")]
    function_declarations: Option<Vec<Function>>,
}

#[derive(Deserialize)]
struct Function {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolConfig {
    #[serde(alias = "function_calling_config")]
    function_calling_config: Option<CallingConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CallingConfig {
    mode: Option<String>,
    #[serde(alias = "allowed_function_names")]
    allowed_function_names: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GenerationConfig {
    #[serde(alias = "thinking_config")]
    thinking_config: Option<ThinkingConfig>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThinkingConfig {
    #[serde(alias = "include_thoughts")]
    include_thoughts: Option<bool>,
}

impl Ask {
    /// Reads the body of a request to Gemini, for the model that its path
    /// names.
    ///
    /// # Errors
    /// [`BadAsk`], when it is not JSON of the right shape.
    pub fn read_gemini(model: &str, stream: bool, body: &[u8]) -> Result<Self, BadAsk> {
        // Gemini is not among the dialects measured; its marks are the same.
        let marks = Marks::find(workload::Dialect::Chat, body);
        let body: Body = serde_json::from_slice(body)?;
        let turns = body.contents.ok_or(BadAsk::Missing("contents"))?;
        let answered = turns.last().is_some_and(|turn| {
            let parts = turn.parts.as_deref().unwrap_or_default();
            parts.iter().any(|part| part.function_response.is_some())
        });
        let choice = body
            .tool_config
            .and_then(|config| config.function_calling_config);
        let mut offered: Vec<String> = body
            .tools
            .into_iter()
            .flatten()
            .flat_map(|tools| tools.function_declarations.unwrap_or_default())
            .map(|function| function.name)
            .collect();
        let mut none = answered;
        if let Some(choice) = choice {
            none |= choice.mode.as_deref() == Some("NONE");
            if let Some(allowed) = choice.allowed_function_names {
                offered.retain(|name| allowed.contains(name));
            }
        }
        if none {
            offered.clear();
        }
        if marks.two_tools && offered.len() == 1 {
            offered.push(offered[0].clone());
        }
        offered.truncate(if marks.two_tools { 2 } else { 1 });
        let thoughts = body
            .generation_config
            .and_then(|config| config.thinking_config)
            .and_then(|config| config.include_thoughts)
            .unwrap_or(false);
        Ok(Self {
            stream,
            include_usage: false,
            calls: offered,
            reasoning: if thoughts {
                Reasoning::Shown
            } else {
                Reasoning::None
            },
            refuse: marks.refuse,
            cached: marks.cached,
            json: marks.json,
            foreign_keys: marks.foreign_keys,
            encrypted: false,
            faults: faults_of(model)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str, last: &str) -> Ask {
        let body = format!(r#"{{"contents":[{{"role":"user","parts":[{last}]}}]{fields}}}"#);
        Ask::read_gemini("m", true, body.as_bytes()).unwrap()
    }

    #[test]
    fn functions() {
        let tools = r#","tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"a"},{"name":"b"}]}]"#;
        let text = r#"{"text":"hello"}"#;
        assert_eq!(read(tools, text).calls, ["a"]);
        assert_eq!(read(tools, r#"{"text":"[[two tools]]"}"#).calls, ["a", "b"]);
        assert!(read("", text).calls.is_empty());
        let result = r#"{"functionResponse":{"name":"a","response":{}}}"#;
        assert!(read(tools, result).calls.is_empty());
        let only = |config: &str| {
            let config = format!(r#"{tools},"toolConfig":{{"functionCallingConfig":{config}}}"#);
            read(&config, text).calls
        };
        assert_eq!(
            only(r#"{"mode":"ANY","allowedFunctionNames":["b"]}"#),
            ["b"]
        );
        assert!(only(r#"{"mode":"NONE"}"#).is_empty());
    }

    #[test]
    fn thoughts() {
        let config = r#","generationConfig":{"thinkingConfig":{"includeThoughts":true}}"#;
        assert_eq!(read(config, "").reasoning, Reasoning::Shown);
        let mixed = r#","generationConfig":{"thinking_config":{"include_thoughts":true}}"#;
        assert_eq!(read(mixed, "").reasoning, Reasoning::Shown);
        let bad = Ask::read_gemini("m", true, b"{}");
        assert!(matches!(bad, Err(BadAsk::Missing("contents"))));
    }
}
