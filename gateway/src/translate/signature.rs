//! Proofs of a model's thinking, carried through dialects that have no place for them.
//!
//! A provider takes its model's thoughts back only with the signature it gave them, and takes
//! no other's. So a signature that leaves its own dialect is labelled with where it came from:
//! `tg1.m.…` (Messages), `tg1.x.…` (Messages, redacted), `tg1.r.ID.…` (Responses),
//! `tg1.g.…` (Gemini). Clients keep it unread and send it back.

use super::json::Text;

/// A signature and who gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature<'a> {
    pub(crate) origin: Origin,
    /// The id of Responses' reasoning item; empty elsewhere.
    pub(crate) id: Text<'a>,
    pub(crate) value: Text<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Messages' `thinking.signature`.
    Messages,
    /// Messages' `redacted_thinking.data`.
    Redacted,
    /// Responses' `reasoning.encrypted_content`.
    Responses,
    /// Gemini's `thoughtSignature`.
    Gemini,
}

impl<'a> Signature<'a> {
    pub(crate) fn new(origin: Origin, value: Text<'a>) -> Self {
        Self {
            origin,
            id: Text::default(),
            value,
        }
    }

    /// As a text that says where it came from.
    pub(crate) fn packed(&self) -> Text<'static> {
        let value = self.value.escaped();
        Text::escaped_already(match self.origin {
            Origin::Messages => format!("tg1.m.{value}"),
            Origin::Redacted => format!("tg1.x.{value}"),
            Origin::Responses => format!("tg1.r.{}.{value}", self.id.escaped()),
            Origin::Gemini => format!("tg1.g.{value}"),
        })
    }

    /// Reads what [`Self::packed`] made; `None` for anything else.
    pub(crate) fn unpack(packed: &Text<'a>) -> Option<Self> {
        let labelled = packed.clone().into_decoded();
        let rest = labelled.strip_prefix("tg1.")?;
        let (origin, rest) = match rest.split_once('.')? {
            ("m", rest) => (Origin::Messages, rest),
            ("x", rest) => (Origin::Redacted, rest),
            ("r", rest) => (Origin::Responses, rest),
            ("g", rest) => (Origin::Gemini, rest),
            _ => return None,
        };
        let (id, value) = match origin {
            Origin::Responses => rest.split_once('.')?,
            _ => ("", rest),
        };
        Some(Self {
            origin,
            id: Text::plain(id.to_owned()),
            value: Text::plain(value.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_packed_signature_is_the_same_again(
            value in any::<String>(),
            id in "[a-z_0-9]{0,9}",
            origin in 0..4usize,
        ) {
            let origin = [Origin::Messages, Origin::Redacted, Origin::Responses, Origin::Gemini][origin];
            let id = if origin == Origin::Responses { id } else { String::new() };
            let signature = Signature { origin, id: Text::plain(id), value: Text::plain(value) };
            prop_assert_eq!(Signature::unpack(&signature.packed()), Some(signature));
        }

        #[test]
        fn others_are_not_taken_for_one(text in "[^t].*") {
            prop_assert_eq!(Signature::unpack(&Text::plain(text)), None);
        }
    }
}
