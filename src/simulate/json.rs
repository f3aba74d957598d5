//! JSON written member by member into one text: what events carry. Keys and values come from the
//! scenarios, in their order; nothing is parsed and nothing is built in between.

use std::fmt::{Display, Write};

use super::chance::Money;

/// An object that is being written.
#[derive(Debug)]
pub struct Json(String);

impl Json {
    /// An object without members so far.
    pub fn object() -> Self {
        let mut text = String::with_capacity(192);
        text.push('{');
        Self(text)
    }

    fn key(&mut self, key: &str) -> &mut String {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(key);
        self.0.push_str("\":");
        &mut self.0
    }

    /// A text.
    pub fn text(mut self, key: &str, value: &str) -> Self {
        quoted(self.key(key), value);
        self
    }

    /// A text made of something that shows itself without quotes or backslashes.
    pub fn shown(mut self, key: &str, value: impl Display) -> Self {
        let text = self.key(key);
        text.push('"');
        // Writing to a String cannot fail.
        let _ = write!(text, "{value}");
        text.push('"');
        self
    }

    /// A whole number.
    pub fn int(mut self, key: &str, value: i64) -> Self {
        number(self.key(key), value);
        self
    }

    /// An amount with its two decimals.
    pub fn money(mut self, key: &str, Money(cents): Money) -> Self {
        let text = self.key(key);
        if cents < 0 {
            text.push('-');
        }
        let cents = cents.unsigned_abs();
        number(text, (cents / 100) as i64);
        text.push('.');
        text.push((b'0' + (cents / 10 % 10) as u8) as char);
        text.push((b'0' + (cents % 10) as u8) as char);
        self
    }

    /// JSON that is written already, or `null`, `true`, `false`.
    pub fn raw(mut self, key: &str, value: &str) -> Self {
        self.key(key).push_str(value);
        self
    }

    /// An object within.
    pub fn object_at(self, key: &str, value: Self) -> Self {
        self.raw(key, &value.end())
    }

    /// An array of objects.
    pub fn list(mut self, key: &str, values: impl IntoIterator<Item = Self>) -> Self {
        let text = self.key(key);
        text.push('[');
        let from = text.len();
        for value in values {
            if text.len() > from {
                text.push(',');
            }
            text.push_str(&value.end());
        }
        text.push(']');
        self
    }

    /// An array of texts.
    pub fn texts<'a>(mut self, key: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let text = self.key(key);
        text.push('[');
        let from = text.len();
        for value in values {
            if text.len() > from {
                text.push(',');
            }
            quoted(text, value);
        }
        text.push(']');
        self
    }

    /// The whole object as text.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Appends a text in quotes.
pub fn quoted(out: &mut String, value: &str) {
    out.push('"');
    if value
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        out.push_str(value);
    } else {
        for c in value.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                c if c < ' ' => {
                    let _ = write!(out, "\\u{:04x}", c as u32);
                }
                c => out.push(c),
            }
        }
    }
    out.push('"');
}

/// Appends a whole number; several times as quick as going through formatting.
pub fn number(out: &mut String, value: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|digit| *digit as char));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let text = Json::object()
            .text("name", "a \"b\" \\ \n ü")
            .shown("stream", format_args!("order-{}", 7))
            .int("low", i64::MIN)
            .money("amount", Money(-5))
            .raw("none", "null")
            .object_at("within", Json::object().int("zero", 0))
            .list("lines", [Json::object().int("n", 1), Json::object()])
            .texts("tags", ["x", "y"])
            .end();
        let expected = r#"{"name":"a \"b\" \\ \u000a ü","stream":"order-7","low":-9223372036854775808,"amount":-0.05,"none":null,"within":{"zero":0},"lines":[{"n":1},{}],"tags":["x","y"]}"#;
        assert_eq!(text, expected);
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["name"], "a \"b\" \\ \n ü");
    }
}
