//! Ids of answers, as the client's dialect begins them.

use std::fmt::Write as _;

use super::json::Text;
use super::plan::Plan;

/// The provider's `id` under the dialect's `prefix`, or an id of the gateway's own.
pub(crate) fn prefixed<'a>(prefix: &str, id: &Text<'a>, plan: &Plan) -> Text<'a> {
    if id.is_empty() {
        return Text::escaped_already(format!("{prefix}tg{:016x}", plan.moment.unique));
    }
    if id.escaped().starts_with(prefix) {
        return id.clone();
    }
    Text::escaped_already(format!("{prefix}{}", id.escaped()))
}

/// The id of the item at `index` of a Responses answer: `stem` is the answer's own id.
pub(crate) fn item(prefix: &str, stem: &str, index: usize) -> String {
    let bare = stem.strip_prefix("resp_").unwrap_or(stem);
    let mut id = String::with_capacity(prefix.len() + bare.len() + 4);
    let _ = write!(id, "{prefix}{bare}_{index}");
    id
}

/// The model that an answer names, or else the one that was asked.
pub(crate) fn model<'a>(named: &Text<'a>, plan: &Plan) -> Text<'a> {
    if named.is_empty() {
        Text::plain(plan.model.clone())
    } else {
        named.clone()
    }
}
