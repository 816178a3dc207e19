//! Ids of tool calls that a provider's pattern forbids (wire row 19).

use std::borrow::Cow;
use std::fmt::Write as _;

use super::json::Text;

/// What an id that was rewritten begins with.
const PREFIX: &str = "tg_";

/// `id` in Messages' pattern, `[a-zA-Z0-9_-]+`. Different ids stay different, and the same id
/// always becomes the same, so calls and results still meet.
pub(crate) fn safe<'a>(id: &'a Text<'_>) -> Cow<'a, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let text = id.decode();
    let fits = text.bytes().all(|byte| plain(byte) || byte == b'_');
    if fits && !text.is_empty() && !text.starts_with(PREFIX) {
        return text;
    }
    let mut safe = String::from(PREFIX);
    for byte in text.bytes() {
        if plain(byte) {
            safe.push(char::from(byte));
        } else {
            let _ = write!(safe, "_{byte:02X}");
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(id: &str) -> String {
        safe(&Text::plain(id.to_owned())).into_owned()
    }

    #[test]
    fn good_ids_stay() {
        assert_eq!(of("call_aB-9"), "call_aB-9");
        assert_eq!(of("call:1"), "tg_call_3A1");
        assert_eq!(of(""), "tg_");
        assert_eq!(of("tg_a"), "tg_tg_5Fa");
    }

    proptest! {
        #[test]
        fn rewriting_is_injective_and_fits_the_pattern(
            one in "[a-z_:.é|3A]{0,6}|tg_[a-z_3A]{0,4}|.*",
            other in "[a-z_:.é|3A]{0,6}|tg_[a-z_3A]{0,4}|.*",
        ) {
            let (safe_one, safe_other) = (of(&one), of(&other));
            prop_assert_eq!(safe_one == safe_other, one == other);
            prop_assert!(safe_one.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
        }
    }
}
