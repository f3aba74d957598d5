//! Which stream a person means by what they typed. `docs/semantics.md`, "Streams".

use super::list::holds;
use crate::analysis::nearest::nearest;
use crate::log::Log;
use crate::model::StreamIx;

/// Names in an answer.
const NAMED: usize = 3;

/// A text that names no stream, or several.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// No stream has it in its name.
    #[error("no stream is called \"{text}\"{}", nearest_words(.nearest))]
    Unknown {
        /// What was typed.
        text: String,
        /// The three streams with the most similar names.
        nearest: Vec<String>,
    },
    /// Several have it in their name.
    #[error("{} streams have \"{text}\" in their name: {}", crate::analysis::words::grouped(*.count as u64), first_words(.first, *.count))]
    Ambiguous {
        /// What was typed.
        text: String,
        /// How many.
        count: usize,
        /// The first three by their birth.
        first: Vec<String>,
    },
}

fn quoted(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("\"{name}\"")).collect()
}

fn nearest_words(names: &[String]) -> String {
    let names = quoted(names);
    match names.split_last() {
        None => "; the store has no streams".to_owned(),
        Some((only, [])) => format!("; the nearest is {only}"),
        Some((last, others)) => format!("; the nearest are {} and {last}", others.join(", ")),
    }
}

fn first_words(names: &[String], of: usize) -> String {
    let more = if of > names.len() { ", …" } else { "" };
    format!("{}{more}", quoted(names).join(", "))
}

/// Whether a stream with that name and number is meant.
type Admits<'a> = &'a dyn Fn(&str, u32) -> bool;

/// The stream that `text` names: exactly, else as a UUID ignoring dashes and case, else as the id that
/// stands after its category, else as the only one that has it in its name, in these letters or else in
/// capitals or not, a UUID with or without dashes. Streams of the future count: what did not exist
/// yet is said by the answer. Goes through all names: not for the window's thread.
///
/// # Errors
/// [`Unresolved`] where there is none, or more than one.
pub fn resolve(log: &Log, text: &str) -> Result<StreamIx, Unresolved> {
    let names = log.streams();
    if let Some(ix) = names.find(text) {
        return Ok(StreamIx(ix));
    }
    let text = text.trim();
    let by = |admits: Admits<'_>| -> Vec<u32> {
        let named = names.iter().zip(0..);
        let named = named.filter(|(name, ix)| admits(name, *ix));
        named.map(|(_, ix)| ix).collect()
    };
    let uuid = uuid_digits(text);
    let digits = uuid
        .as_ref()
        .and_then(|uuid| std::str::from_utf8(uuid).ok());
    let lower = text.to_lowercase();
    // Each is asked only where those before it find nothing.
    let ways: [Admits<'_>; 5] = [
        &|name, _| uuid.is_some() && uuid_digits(name) == uuid,
        &|name, ix| is_own_id(log, name, StreamIx(ix), text),
        &|name, _| name.contains(text),
        &|name, _| holds(name, &lower),
        &|name, _| {
            digits.is_some_and(|digits| name.to_lowercase().replace('-', "").contains(digits))
        },
    ];
    let mut found = Vec::new();
    for way in ways.iter().filter(|_| !text.is_empty()) {
        found = by(way);
        if !found.is_empty() {
            break;
        }
    }
    match found[..] {
        [only] => Ok(StreamIx(only)),
        [] => Err(Unresolved::Unknown {
            text: text.to_owned(),
            nearest: nearest(names.iter(), text, NAMED),
        }),
        _ => {
            let first = found.iter().take(NAMED);
            Err(Unresolved::Ambiguous {
                text: text.to_owned(),
                count: found.len(),
                first: first.map(|&ix| names.get(ix).to_owned()).collect(),
            })
        }
    }
}

/// Whether a stream's name is its category, one character, and `id`.
fn is_own_id(log: &Log, name: &str, stream: StreamIx, id: &str) -> bool {
    let Some(before) = name.strip_suffix(id) else {
        return false;
    };
    let category = log.category_name(log.category(stream));
    let between = before.strip_prefix(category).unwrap_or_default();
    !category.is_empty() && between.chars().count() == 1
}

/// Whether two names are the same: in their letters, or as UUIDs, whatever their dashes and case.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    one == other || uuid_digits(one).is_some_and(|digits| uuid_digits(other) == Some(digits))
}

/// The 32 lower-case digits of a UUID with or without dashes.
fn uuid_digits(text: &str) -> Option<[u8; 32]> {
    let mut digits = [0; 32];
    let mut count = 0;
    for byte in text.bytes().filter(|&byte| byte != b'-') {
        if !byte.is_ascii_hexdigit() {
            return None;
        }
        *digits.get_mut(count)? = byte.to_ascii_lowercase();
        count += 1;
    }
    (count == digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};

    fn log(streams: &[&str]) -> Log {
        let mut raw = RawChunk::default();
        for stream in streams {
            let row = Row {
                stream,
                event_type: "T",
                ..Row::default()
            };
            raw.push(&row, String::new);
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        builder.finish().0
    }

    #[test]
    fn names_are_the_same_as_they_are_written_or_as_uuids() {
        let plain = "a14232a6ba3942578464d36c58213a18";
        assert!(is_same_name(plain, "A14232A6-BA39-4257-8464-D36C58213A18"));
        assert!(is_same_name("order-1", "order-1"));
        assert!(!is_same_name("order-1", "order1"));
    }

    #[test]
    fn exact_then_uuid_then_unique_part() {
        let uuid = "0191D1f0-77b1-7a40-9d1e-55aa00ff1234";
        let log = log(&[
            "account-77",
            "account-771",
            uuid,
            "Order-5",
            "x",
            "order-6",
            "account-0191d1f077b17a409d1e55aa00ff9999",
        ]);
        let name = |text: &str| resolve(&log, text).map(|stream| log.stream_name(stream));
        assert_eq!(name("account-77"), Ok("account-77"));
        assert_eq!(name("0191d1f077b17a409d1e55aa00ff1234"), Ok(uuid));
        assert_eq!(name("0191D1F0-77B1-7A40-9D1E-55AA00FF1234"), Ok(uuid));
        assert_eq!(name("ORDER-5"), Ok("Order-5"));
        assert_eq!(name("771"), Ok("account-771"));
        // Letters as they are typed come before others.
        assert_eq!(name("Order"), Ok("Order-5"));
        assert!(name("ORDER").is_err());
        assert_eq!(
            name("0191D1F0-77B1-7A40-9D1E-55AA00FF9999"),
            Ok("account-0191d1f077b17a409d1e55aa00ff9999")
        );
    }

    #[test]
    fn errors_say_what_there_is() {
        let names = ["order-1", "order-2", "order-3", "order-40", "user-1"];
        let log = log(&names);
        let error = |text: &str| resolve(&log, text).unwrap_err().to_string();
        assert_eq!(
            error("oder-2"),
            "no stream is called \"oder-2\"; the nearest are \"order-2\", \"order-1\" and \"order-3\""
        );
        assert_eq!(
            error("ORDER-"),
            "4 streams have \"ORDER-\" in their name: \"order-1\", \"order-2\", \"order-3\", …"
        );
        assert!(error("").starts_with("no stream is called \"\"; the nearest are"));
        let none = resolve(&Log::default(), "a").unwrap_err().to_string();
        assert_eq!(none, "no stream is called \"a\"; the store has no streams");
    }
}
