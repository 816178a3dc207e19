//! What a request for embeddings asks for.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{BadAsk, faults_of};
use crate::fault::Faults;

/// Numbers of an embedding whose request names no other.
const DIMENSIONS: usize = 1536;
/// The most inputs and the most numbers that the provider takes.
const MAX_INPUTS: usize = 2048;
const MAX_DIMENSIONS: usize = 3072;

/// What a request for embeddings asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbeddingsAsk {
    /// The model, which the answer repeats.
    pub model: String,
    /// How many texts there are.
    pub inputs: usize,
    /// How many numbers an embedding has.
    pub dimensions: usize,
    /// The numbers are to come as bytes in base64.
    pub base64: bool,
    /// The faults asked for behind the model's name.
    pub faults: Faults,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    dimensions: Option<usize>,
    #[serde(borrow)]
    encoding_format: Option<Cow<'a, str>>,
}

impl EmbeddingsAsk {
    /// Reads a request's body.
    ///
    /// # Errors
    /// [`BadAsk`], when it is not JSON of the right shape or wants too much.
    pub fn read(body: &[u8]) -> Result<Self, BadAsk> {
        let body: Body<'_> = serde_json::from_slice(body)?;
        let model = body
            .model
            .filter(|model| !model.is_empty())
            .ok_or(BadAsk::Missing("model"))?;
        let input = body.input.ok_or(BadAsk::Missing("input"))?.get();
        let inputs = if input.starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(input).map_err(BadAsk::BadShape)?;
            // A list of numbers is the tokens of one text.
            match list.first() {
                Some(first) if first.get().starts_with(['"', '[']) => list.len(),
                Some(_) => 1,
                None => 0,
            }
        } else {
            1
        };
        let dimensions = body.dimensions.unwrap_or(DIMENSIONS);
        if !(1..=MAX_INPUTS).contains(&inputs) {
            return Err(BadAsk::OutOfRange("input"));
        }
        if !(1..=MAX_DIMENSIONS).contains(&dimensions) {
            return Err(BadAsk::OutOfRange("dimensions"));
        }
        Ok(Self {
            faults: faults_of(&model)?,
            model: model.into_owned(),
            inputs,
            dimensions,
            base64: body.encoding_format.as_deref() == Some("base64"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_of_all_shapes() {
        let inputs = |input: &str| {
            let body = format!(r#"{{"model":"m","input":{input}}}"#);
            EmbeddingsAsk::read(body.as_bytes()).map(|ask| ask.inputs)
        };
        for (input, expected) in [
            (r#""a""#, 1),
            (r#"["a","b"]"#, 2),
            ("[1,2,3]", 1),
            ("[[1],[2,3]]", 2),
        ] {
            assert_eq!(inputs(input).unwrap(), expected, "{input}");
        }
        assert!(matches!(inputs("[]"), Err(BadAsk::OutOfRange("input"))));
        let none = EmbeddingsAsk::read(br#"{"model":"m"}"#);
        assert!(matches!(none, Err(BadAsk::Missing("input"))));
        let many = br#"{"model":"m","input":"","dimensions":99999}"#;
        let many = EmbeddingsAsk::read(many);
        assert!(matches!(many, Err(BadAsk::OutOfRange("dimensions"))));
    }
}
