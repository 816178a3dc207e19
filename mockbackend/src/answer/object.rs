//! JSON objects whose keys keep the order in which they are written, so that
//! an answer in the source reads like the answer on the wire.

use serde::Serialize;
use serde_json::value::RawValue;

/// A piece of JSON, as it goes on the wire.
pub(crate) type Json = Box<RawValue>;

/// `null`, in an object.
pub(crate) const NULL: () = ();
/// `[]`, in an object.
pub(crate) const EMPTY: [(); 0] = [];

/// The fields of an object, still open.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    text: String,
}

impl Fields {
    /// Adds a field.
    pub(crate) fn push(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.separate();
        self.text.push_str(&json(key));
        self.text.push(':');
        self.text.push_str(&json(value));
    }

    /// These fields and one more.
    pub(crate) fn with(mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Self {
        self.push(key, value);
        self
    }

    /// These fields and another object's.
    pub(crate) fn and(mut self, other: &Fields) -> Self {
        self.extend(other);
        self
    }

    /// Adds all of another object's fields.
    pub(crate) fn extend(&mut self, other: &Fields) {
        if !other.text.is_empty() {
            self.separate();
            self.text.push_str(&other.text);
        }
    }

    /// The object.
    pub(crate) fn close(self) -> Json {
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

pub(crate) use {fields, object};

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
