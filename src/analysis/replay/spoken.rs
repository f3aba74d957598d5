//! Values and fields as a sentence says them: on one line, no longer than it bears, and so that what they
//! are can be told. Pure.

use std::borrow::Cow;

use serde_json::Value;

use crate::analysis::words::steers;
use crate::model::json::pointer;

/// Values in the sentence are one line and no longer than it bears.
pub(super) fn spoken_value(value: &Value, chars: usize) -> String {
    let text = match value {
        Value::String(text) if !text.trim().is_empty() => one_line(text),
        other => other.to_string(),
    };
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

/// Whether a value among others stands in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// It is no text, or has them already.
    Has,
    /// As the others have it.
    AsOthers,
    /// It has to: a comma in it would look like the end of it, or it would read as a number.
    Needs,
}

impl Quotes {
    pub(super) fn of(value: &Value, spoken: &str) -> Self {
        let plain = |c: char| c.is_alphanumeric() || "-_.@:/+%…".contains(c);
        match value {
            Value::String(text) if text.trim().is_empty() => Self::Has,
            Value::String(text) if reads_otherwise(text) => Self::Needs,
            Value::String(_) if !spoken.chars().all(plain) => Self::Needs,
            Value::String(_) => Self::AsOthers,
            _ => Self::Has,
        }
    }
}

/// Whether a text without quotes would pass for a number, or for what is no text.
pub(super) fn reads_otherwise(text: &str) -> bool {
    let number = || serde_json::from_str::<serde_json::Number>(text).is_ok();
    matches!(text, "true" | "false" | "null") || number()
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
