//! A row's file: what it says, and its cases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// One row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// What the table calls correct.
    #[serde(rename = "correct")]
    _correct: String,
    pub(crate) case: Vec<Case>,
}

/// One request and its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// The client's dialect: `chat`, `responses` or `messages`.
    pub(crate) client: String,
    /// Headers of the client's request, beside its content type and key.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// The client's body. Its model begins with the provider: `c/`, `r/`, `m/` or `g/`.
    pub(crate) request: String,
    /// The body that the provider gets; absent where it must get nothing.
    pub(crate) upstream: Option<String>,
    /// The status of the provider's answer.
    #[serde(default = "ok")]
    pub(crate) answer_status: u16,
    #[serde(default)]
    pub(crate) answer_headers: BTreeMap<String, String>,
    /// The provider's answer, JSON or events; the plain one of `plain.toml` if absent.
    pub(crate) answer: Option<String>,
    /// The status that the client is told.
    #[serde(default = "ok")]
    pub(crate) status: u16,
    /// Headers that the client is told, beside those below; an empty one must not be there.
    #[serde(default)]
    pub(crate) told_headers: BTreeMap<String, String>,
    /// `x-tollgate-dropped`, `x-tollgate-changed`: absent where nothing is to be told.
    pub(crate) dropped: Option<String>,
    pub(crate) changed: Option<String>,
    /// The client's answer, JSON or events; that of `plain.toml` if absent.
    pub(crate) told: Option<String>,
    /// Members of the plain answer's response object that repeat the request.
    pub(crate) echo: Option<String>,
    /// The client goes away when it has read this; the provider's work must then end.
    pub(crate) leaves_after: Option<String>,
}

fn ok() -> u16 {
    200
}

/// Where the cases are.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Reads a file of the folder.
pub(crate) fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = folder().join(name).with_extension("toml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path:?}: {why}"));
    toml::from_str(&text).unwrap_or_else(|why| panic!("{path:?}: {why}"))
}
