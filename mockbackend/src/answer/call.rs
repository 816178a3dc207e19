//! The arguments with which the mock calls a function.

/// The arguments in the pieces in which they are streamed: cut inside a string
/// and around a character that is not ASCII.
pub(super) const PIECES: [&str; 4] = ["{\"city\":\"Orl", "é", "ans\",\"n\"", ":1}"];
/// The same with keys outside ASCII, cut inside one of them.
pub(super) const FOREIGN: [&str; 4] = ["{\"citt", "à\":\"Orléans 🚦", "\",\"数\"", ":{\"é\":1}}"];

#[cfg(test)]
mod tests {
    #[test]
    fn the_arguments_are_json() {
        let json = |pieces: [&str; 4]| -> serde_json::Value {
            serde_json::from_str(&pieces.concat()).unwrap()
        };
        assert_eq!(
            json(super::PIECES),
            serde_json::json!({"city": "Orléans", "n": 1})
        );
        assert_eq!(
            json(super::FOREIGN),
            serde_json::json!({"città": "Orléans 🚦", "数": {"é": 1}})
        );
    }
}
