//! The arguments with which the mock calls a function.

/// The arguments in the pieces in which they are streamed: cut inside a string
/// and around a character that is not ASCII.
pub(super) const PIECES: [&str; 4] = ["{\"city\":\"Orl", "é", "ans\",\"n\"", ":1}"];

/// The arguments: a JSON object, as text.
pub(super) fn arguments() -> String {
    PIECES.concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_arguments_are_json() {
        let arguments: serde_json::Value = serde_json::from_str(&super::arguments()).unwrap();
        assert_eq!(arguments, serde_json::json!({"city": "Orléans", "n": 1}));
    }
}
