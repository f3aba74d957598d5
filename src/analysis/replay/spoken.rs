//! Values and fields as a sentence says them: on one line, no longer than it bears, and so that what they
//! are can be told. Pure.

use std::borrow::Cow;

use serde_json::Value;

use crate::analysis::words::steers;
use crate::model::json::pointer;

/// Values in the sentence are one line and no longer than it bears; a text stands in quotes, so that its
/// end can be seen and that it is no number.
pub(super) fn spoken_value(value: &Value, chars: usize) -> String {
    let (text, quote) = match value {
        Value::String(text) => (one_line(text), "\""),
        other => (other.to_string(), ""),
    };
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{quote}{}…{quote}", text[..end].trim_end()),
        None => format!("{quote}{text}{quote}"),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if steers(c) { ' ' } else { c })
        .collect()
}

/// A field as people say it, in quotes where nothing of it could be seen.
pub(super) fn spoken_field(pointer: &str) -> String {
    let text = one_line(&pointer::spoken(pointer));
    let blank = |key: Cow<'_, str>| key.trim().is_empty();
    match pointer::keys(pointer).any(blank) {
        true => format!("\"{text}\""),
        false => text,
    }
}
