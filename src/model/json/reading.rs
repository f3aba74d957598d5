//! JSON text that is known to be valid as a value: numbers with their written digits, and what had to
//! be decided on the way. Goes down without recursion.

use serde_json::map::Entry;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use super::escapes::escape;
use super::pointer;

/// How deep a value may be nested: whoever goes through it goes down as deep on the stack.
pub const DEEPEST: usize = 500;

/// A value as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value.
    pub value: Value,
    /// Where the first key stands that its object has twice; its last value counts.
    pub repeated_key: Option<String>,
    /// Where the first text stands that has half of a surrogate pair, which became U+FFFD.
    pub half_character: Option<String>,
}

/// A text that is nested deeper than [`DEEPEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is nested more than {DEEPEST} deep")]
pub struct TooDeep;

/// Builds the value that is written in `raw`.
///
/// # Errors
/// It is nested too deep.
pub fn read(raw: &RawValue) -> Result<Reading, TooDeep> {
    let mut reader = Reader {
        text: raw.get(),
        at: 0,
        open: Vec::new(),
        repeated_key: None,
        half_character: None,
    };
    let value = reader.value()?;
    Ok(Reading {
        value,
        repeated_key: reader.repeated_key,
        half_character: reader.half_character,
    })
}

/// What is not read to its end.
enum Open {
    Array(Vec<Value>),
    /// An object and the key whose value is being read.
    Object(Map<String, Value>, String),
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    repeated_key: Option<String>,
    half_character: Option<String>,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Value, TooDeep> {
        loop {
            let Some(mut value) = self.begin()? else {
                continue;
            };
            loop {
                match self.open.last_mut() {
                    None => return Ok(value),
                    Some(Open::Array(items)) => items.push(value),
                    Some(Open::Object(fields, key)) => match fields.entry(std::mem::take(key)) {
                        Entry::Vacant(entry) => drop(entry.insert(value)),
                        Entry::Occupied(mut entry) => {
                            key.clone_from(entry.key());
                            entry.insert(value);
                            if self.repeated_key.is_none() {
                                self.repeated_key = Some(self.place());
                            }
                        }
                    },
                }
                if self.next() == b',' {
                    self.key();
                    break;
                }
                value = self.close();
            }
        }
    }

    /// Begins a value; `None` where its first part is next.
    fn begin(&mut self) -> Result<Option<Value>, TooDeep> {
        let (open, end) = match self.next() {
            b'{' => (Open::Object(Map::new(), String::new()), b'}'),
            b'[' => (Open::Array(Vec::new()), b']'),
            b'"' => return Ok(Some(Value::String(self.string()))),
            first => return Ok(Some(self.word(first))),
        };
        if self.open.len() >= DEEPEST {
            return Err(TooDeep);
        }
        self.open.push(open);
        if self.peek() == end {
            self.at += 1;
            return Ok(Some(self.close()));
        }
        self.key();
        Ok(None)
    }

    /// Reads the key of the next field, in an object.
    fn key(&mut self) {
        if !matches!(self.open.last(), Some(Open::Object(..))) {
            return;
        }
        self.next();
        let name = self.string();
        self.next();
        if let Some(Open::Object(_, key)) = self.open.last_mut() {
            *key = name;
        }
    }

    fn close(&mut self) -> Value {
        match self.open.pop() {
            Some(Open::Array(items)) => Value::Array(items),
            Some(Open::Object(fields, _)) => Value::Object(fields),
            None => Value::Null,
        }
    }

    /// A number, `true`, `false` or `null`, whose first byte was read.
    fn word(&mut self, first: u8) -> Value {
        let bytes = self.text.as_bytes();
        let start = self.at.saturating_sub(1).min(bytes.len());
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        let rest = bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        match first {
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'-' | b'0'..=b'9' => {
                let digits = self.text[start..self.at].to_owned();
                Value::Number(Number::from_string_unchecked(digits))
            }
            _ => Value::Null,
        }
    }

    /// The rest of a string whose opening quote was read.
    fn string(&mut self) -> String {
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(end) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) else {
                self.at = self.text.len();
                return text + rest;
            };
            text.push_str(&rest[..end]);
            self.at += end;
            if rest.as_bytes()[end] == b'"' {
                self.at += 1;
                return text;
            }
            let escape = escape(&rest[end..]);
            self.at += escape.length;
            text.push(escape.character.unwrap_or(char::REPLACEMENT_CHARACTER));
            if escape.character.is_none() && self.half_character.is_none() {
                self.half_character = Some(self.place());
            }
        }
    }

    /// Where the value stands that is being read; for a key, its object.
    fn place(&self) -> String {
        let mut place = String::new();
        for open in &self.open {
            match open {
                Open::Array(items) => pointer::push(&mut place, &items.len().to_string()),
                Open::Object(_, key) => pointer::push(&mut place, key),
            }
        }
        place
    }

    /// The next byte that is no space, which counts as read.
    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += 1;
        byte
    }

    /// The next byte that is no space; 0 at the end.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return *byte;
            }
            self.at += 1;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(text: &str) -> Result<Reading, TooDeep> {
        read(&RawValue::from_string(text.to_owned()).unwrap())
    }

    /// JSON as somebody may write it: numbers and spaces of every kind, escapes, equal keys.
    fn json() -> impl Strategy<Value = String> {
        let number = r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,5})?";
        let text = r#""(\PC|\\[nrtbf/"\\]|\\u00[0-9a-f]{2}){0,6}""#;
        let text = text.prop_filter("valid", |text| serde_json::from_str::<Value>(text).is_ok());
        let leaf = prop_oneof![3 => number, 1 => "null|true|false", 2 => text];
        let space = || "[ \n\r\t]{0,2}";
        leaf.prop_recursive(4, 30, 4, move |inner| {
            let part = (space(), inner, space()).prop_map(|(a, part, b)| format!("{a}{part}{b}"));
            let array = prop::collection::vec(part.clone(), 0..4);
            let object = prop::collection::vec(("[a-d]{1,2}", part), 0..4);
            prop_oneof![
                (array, space()).prop_map(|(parts, a)| match parts.is_empty() {
                    true => format!("[{a}]"),
                    false => format!("[{}]", parts.join(",")),
                }),
                (object, space()).prop_map(|(parts, a)| {
                    let named = parts
                        .iter()
                        .map(|(key, part)| format!("{a}\"{key}\"{a}:{part}"));
                    format!("{{{}{a}}}", named.collect::<Vec<_>>().join(","))
                }),
            ]
        })
    }

    /// Numbers as they are written, which serde changes where they have an exponent.
    fn same(ours: &Value, theirs: &Value) -> bool {
        match (ours, theirs) {
            (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
            (Value::Array(a), Value::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Value::Object(a), Value::Object(b)) => {
                let same =
                    |((x, a), (y, b)): ((&String, &Value), (&String, &Value))| x == y && same(a, b);
                a.len() == b.len() && a.iter().zip(b).all(same)
            }
            (a, b) => a == b,
        }
    }

    proptest! {
        #[test]
        fn json_is_read_as_serde_reads_it(json in json()) {
            let theirs: Value = serde_json::from_str(&json).unwrap();
            let ours = reading(&json).unwrap();
            prop_assert!(same(&ours.value, &theirs), "{} {}", ours.value, theirs);
            prop_assert_eq!(ours.half_character, None);
        }
    }

    #[test]
    fn numbers_keep_their_written_digits() {
        let text = r#"{"a":[1E+05,-0.0,1e400,9007199254740993.10],"b":2E4}"#;
        assert_eq!(reading(text).unwrap().value.to_string(), text);
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts() {
        let read = reading(r#" {"a" : 1e5 , "b":[ {"c/d":1, "c/d":[2] } ], "a": 2E4} "#).unwrap();
        assert_eq!(read.value.to_string(), r#"{"a":2E4,"b":[{"c/d":[2]}]}"#);
        assert_eq!(read.repeated_key.as_deref(), Some("/b/0/c~1d"));
        assert_eq!(
            reading(r#"{"a":{"b":1},"b":1}"#).unwrap().repeated_key,
            None
        );
    }

    #[test]
    fn half_of_a_character_is_replaced_and_its_place_told() {
        let read = reading(r#"{"a":"\ud83d\ude00","b":[1,"x\ud800y"],"c":"\udc00"}"#).unwrap();
        assert_eq!(
            read.value.to_string(),
            "{\"a\":\"😀\",\"b\":[1,\"x\u{fffd}y\"],\"c\":\"\u{fffd}\"}"
        );
        assert_eq!(read.half_character.as_deref(), Some("/b/1"));
    }

    #[test]
    fn a_value_may_be_deep_but_not_without_end() {
        let nested = |depth: usize| {
            let (open, close) = (r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2));
            reading(&format!("{open}1.50{close}"))
        };
        let deep = nested(DEEPEST).unwrap();
        // Whatever goes through it bears the depth, on the stack of a thread.
        assert_eq!(deep.value.clone(), deep.value);
        assert!(
            serde_json::to_string_pretty(&deep.value)
                .unwrap()
                .contains("1.50")
        );
        assert_eq!(nested(DEEPEST + 2).unwrap_err(), TooDeep);
        assert_eq!(nested(2_000_000).unwrap_err(), TooDeep);
    }
}
