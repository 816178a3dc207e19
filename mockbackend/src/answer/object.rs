//! JSON objects whose keys keep the order in which they are written, so that
//! an answer in the source reads like the answer on the wire.

use serde::Serialize;
use serde_json::value::RawValue;

/// A piece of JSON, as it goes on the wire.
pub(super) type Json = Box<RawValue>;

/// `null`, in an object.
pub(super) const NULL: () = ();
/// `[]`, in an object.
pub(super) const EMPTY: [(); 0] = [];

/// The fields of an object, still open.
#[derive(Debug, Default)]
pub(super) struct Fields {
    text: String,
}

impl Fields {
    /// Adds a field.
    pub(super) fn push(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.separate();
        self.text.push_str(&json(key));
        self.text.push(':');
        self.text.push_str(&json(value));
    }

    /// These fields and one more.
    pub(super) fn with(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Self {
        self.push(key, value);
        self
    }

    /// Adds all of another object's fields.
    pub(super) fn extend(&mut self, other: &Fields) {
        if !other.text.is_empty() {
            self.separate();
            self.text.push_str(&other.text);
        }
    }

    /// The object.
    pub(super) fn close(self) -> Json {
        RawValue::from_string(format!("{{{}}}", self.text)).expect("fields are written as JSON")
    }

    fn separate(&mut self) {
        if !self.text.is_empty() {
            self.text.push(',');
        }
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("text, numbers and lists are always JSON")
}

/// Open [`Fields`]: `fields! { "key": value, … }`.
macro_rules! fields {
    ($($key:literal: $value:expr),* $(,)?) => {
        $crate::answer::object::Fields::default()$(.with($key, &$value))*
    };
}

/// A JSON object: `object! { "key": value, … }`.
macro_rules! object {
    ($($fields:tt)*) => {
        $crate::answer::object::fields! { $($fields)* }.close()
    };
}

pub(super) use {fields, object};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_nesting() {
        let mut outer = fields! { "z": 1, "a": "é\n\"", "inner": object! { "n": NULL } };
        outer.extend(&fields! { "list": [object! { "b": true }], "none": EMPTY });
        outer.extend(&fields! {});
        assert_eq!(
            outer.close().get(),
            r#"{"z":1,"a":"é\n\"","inner":{"n":null},"list":[{"b":true}],"none":[]}"#
        );
    }
}
