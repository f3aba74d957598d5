//! Which stream a person means by what they typed. `docs/semantics.md`, "Streams".

use super::list::holds;
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

/// The stream that `text` names: exactly, else as a UUID ignoring dashes and case, else as the only
/// one that has it in its name, in capitals or not. Streams of the future count: what did not exist
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
    let by = |admits: &dyn Fn(&str) -> bool| -> Vec<u32> {
        let named = names.iter().zip(0..);
        let named = named.filter(|(name, _)| admits(name));
        named.map(|(_, ix)| ix).collect()
    };
    let mut found = Vec::new();
    if let Some(uuid) = uuid_digits(text) {
        found = by(&|name| uuid_digits(name).is_some_and(|other| other == uuid));
    }
    if found.is_empty() && !text.is_empty() {
        let lower = text.to_lowercase();
        found = by(&|name| holds(name, &lower));
    }
    match found[..] {
        [only] => Ok(StreamIx(only)),
        [] => Err(Unresolved::Unknown {
            text: text.to_owned(),
            nearest: nearest(log, text),
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

/// The streams whose names take the fewest changes to become `text`.
fn nearest(log: &Log, text: &str) -> Vec<String> {
    let text: Vec<char> = text.to_lowercase().chars().take(256).collect();
    let mut best: Vec<(usize, &str)> = Vec::with_capacity(NAMED + 1);
    for name in log.streams().iter() {
        let bound = match best.get(NAMED - 1) {
            Some(&(worst, _)) => worst,
            None => usize::MAX,
        };
        if let Some(distance) = distance_below(&text, name, bound) {
            let at = best.partition_point(|&(other, _)| other <= distance);
            best.insert(at, (distance, name));
            best.truncate(NAMED);
        }
    }
    best.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// How many characters must be changed, added or left out to make one of the other, capitals or not
/// (Levenshtein's distance), if that is less than `bound`.
fn distance_below(text: &[char], name: &str, bound: usize) -> Option<usize> {
    let name: Vec<char> = name
        .chars()
        .flat_map(char::to_lowercase)
        .take(256)
        .collect();
    if text.len().abs_diff(name.len()) >= bound {
        return None;
    }
    let mut row: Vec<usize> = (0..=text.len()).collect();
    for (i, &letter) in name.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut least = row[0];
        for (j, &other) in text.iter().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
            least = least.min(row[j + 1]);
        }
        if least >= bound {
            return None;
        }
    }
    Some(row[text.len()]).filter(|&distance| distance < bound)
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
    fn exact_then_uuid_then_unique_part() {
        let uuid = "0191D1f0-77b1-7a40-9d1e-55aa00ff1234";
        let log = log(&["account-77", "account-771", uuid, "Order-5", "x"]);
        let name = |text: &str| resolve(&log, text).map(|stream| log.stream_name(stream));
        assert_eq!(name("account-77"), Ok("account-77"));
        assert_eq!(name("0191d1f077b17a409d1e55aa00ff1234"), Ok(uuid));
        assert_eq!(name("0191D1F0-77B1-7A40-9D1E-55AA00FF1234"), Ok(uuid));
        assert_eq!(name("order"), Ok("Order-5"));
        assert_eq!(name("771"), Ok("account-771"));
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

    #[test]
    fn distances_are_those_of_levenshtein() {
        let text: Vec<char> = "kitten".chars().collect();
        assert_eq!(distance_below(&text, "sitting", 9), Some(3));
        assert_eq!(distance_below(&text, "Kitten", 1), Some(0));
        assert_eq!(distance_below(&text, "sitting", 3), None);
        assert_eq!(distance_below(&[], "abc", 9), Some(3));
    }
}
