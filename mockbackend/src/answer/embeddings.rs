//! `/v1/embeddings`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::object::{Json, object};
use super::usage::Usage;
use crate::ask::EmbeddingsAsk;

/// The embeddings that were asked for.
pub(super) fn embeddings(ask: &EmbeddingsAsk) -> Json {
    let data: Vec<Json> = (0..ask.inputs)
        .map(|index| {
            let vector = vector(index, ask.dimensions);
            let embedding: Json = if ask.base64 {
                let bytes: Vec<u8> = vector.iter().flat_map(|v| v.to_le_bytes()).collect();
                serde_json::value::to_raw_value(&STANDARD.encode(bytes))
            } else {
                serde_json::value::to_raw_value(&vector)
            }
            .expect("text and finite numbers are always JSON");
            object! { "object": "embedding", "index": index, "embedding": embedding }
        })
        .collect();
    let tokens = Usage::of_request() * ask.inputs;
    object! {
        "object": "list",
        "data": data,
        "model": ask.model,
        "usage": object! { "prompt_tokens": tokens, "total_tokens": tokens },
    }
}

/// Numbers that both forms hold exactly.
fn vector(index: usize, dimensions: usize) -> Vec<f32> {
    (0..dimensions)
        .map(|place| ((place + index) % 17) as f32 / 16.0 - 0.5)
        .collect()
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn both_forms() {
        let ask = |base64| EmbeddingsAsk {
            model: "m".to_owned(),
            inputs: 2,
            dimensions: 3,
            base64,
            ..EmbeddingsAsk::default()
        };
        assert_snapshot!("embeddings", embeddings(&ask(false)));
        assert_snapshot!("embeddings_base64", embeddings(&ask(true)));
    }
}
