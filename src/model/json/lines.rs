//! JSON cut into lines once: each line knows where it lies in the text as it was stored.
//! Nothing is parsed into values, so numbers keep every digit and members their order.

use std::ops::Range;

/// What a piece of a line is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// The key of a member, with its quotes.
    Key,
    /// A string.
    String,
    /// A number, as written.
    Number,
    /// `null`, `true`, `false`.
    Keyword,
    /// Brackets, commas and colons.
    Punct,
    /// Text that is not JSON.
    Plain,
}

/// A piece of a line in one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// What it is.
    pub kind: SpanKind,
    /// Its text; a colon brings its space along.
    pub text: &'a str,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    start: u32,
    end: u32,
    depth: u16,
}

/// A JSON text in lines of one member or element each. Holds the text once and 12 bytes per line, so
/// that a payload of 20 MB may be shown.
#[derive(Clone, Debug)]
pub struct JsonText {
    text: Box<str>,
    lines: Vec<Line>,
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Json,
    Plain,
}

/// Bytes of a line that are shown; the rest is counted.
const SHOWN: usize = 2000;

impl JsonText {
    /// Cuts JSON as it was stored into lines. Never fails: what is not JSON comes out in some lines.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        let text = within_limit(raw);
        let lines = cut(text.as_bytes());
        Self {
            text: text.into(),
            lines,
            style: Style::Json,
        }
    }

    /// Text that is not JSON, by its own lines.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        let text = within_limit(text);
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end_matches(['\n', '\r']).len();
            lines.push(line_at(start..end, 0));
            start += line.len();
        }
        Self {
            text: text.into(),
            lines,
            style: Style::Plain,
        }
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Levels of nesting a line stands at.
    #[must_use]
    pub fn depth(&self, line: usize) -> usize {
        self.lines
            .get(line)
            .map_or(0, |line| usize::from(line.depth))
    }

    /// The coloured pieces of a line, and how many bytes of it were left out because it is too long.
    #[must_use]
    pub fn spans(&self, line: usize) -> (Vec<Span<'_>>, usize) {
        let Some(text) = self.slice(line) else {
            return (Vec::new(), 0);
        };
        let shown = text.floor_char_boundary(SHOWN.min(text.len()));
        let left_out = text.len() - shown;
        let text = &text[..shown];
        match self.style {
            Style::Json => (spans(text), left_out),
            Style::Plain => (
                vec![Span {
                    kind: SpanKind::Plain,
                    text,
                }],
                left_out,
            ),
        }
    }

    /// A line as it stands in the text, however long it is.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        self.slice(line).unwrap_or_default()
    }

    /// The whole text, indented by two spaces, to be copied. Costs as much as the text is long.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut out = String::with_capacity(self.text.len() * 2);
        for line in 0..self.lines() {
            for _ in 0..self.depth(line) {
                out.push_str("  ");
            }
            let text = self.slice(line).unwrap_or_default();
            match self.style {
                Style::Json => out.extend(spans(text).iter().map(|span| span.text)),
                Style::Plain => out.push_str(text),
            }
            out.push('\n');
        }
        out.truncate(out.trim_end_matches('\n').len());
        out
    }

    fn slice(&self, line: usize) -> Option<&str> {
        let line = self.lines.get(line)?;
        self.text.get(line.start as usize..line.end as usize)
    }
}

/// Lines are told apart by 32-bit places: no more than 4 GiB of a text are shown.
fn within_limit(text: &str) -> &str {
    &text[..text.floor_char_boundary(text.len().min(u32::MAX as usize))]
}

fn line_at(range: Range<usize>, depth: usize) -> Line {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Line {
        start: place(range.start),
        end: place(range.end),
        depth: u16::try_from(depth).unwrap_or(u16::MAX),
    }
}

fn cut(text: &[u8]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut depth = 0usize;
    let mut line: Option<usize> = None;
    let mut at = skip_space(text, 0);
    while let Some(&byte) = text.get(at) {
        let end = token_end(text, at);
        match byte {
            b'{' | b'[' => {
                let start = line.unwrap_or(at);
                let next = skip_space(text, end);
                if matches!(text.get(next), Some(b'}' | b']')) {
                    line = Some(start);
                    at = skip_space(text, next + 1);
                    continue;
                }
                lines.push(line_at(start..end, depth));
                line = None;
                depth += 1;
            }
            b'}' | b']' => {
                if let Some(start) = line.take() {
                    lines.push(line_at(start..trim(text, start, at), depth));
                }
                depth = depth.saturating_sub(1);
                line = Some(at);
            }
            b',' => {
                let start = line.take().unwrap_or(at);
                lines.push(line_at(start..end, depth));
            }
            _ => {
                line.get_or_insert(at);
            }
        }
        at = skip_space(text, end);
    }
    if let Some(start) = line {
        lines.push(line_at(start..trim(text, start, text.len()), depth));
    }
    lines
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn skip_space(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| is_space(**byte)).count()
}

fn trim(text: &[u8], start: usize, end: usize) -> usize {
    let part = text.get(start..end).unwrap_or_default();
    end - part
        .iter()
        .rev()
        .take_while(|byte| is_space(**byte))
        .count()
}

/// Where the token that begins here ends.
fn token_end(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        None => at,
        Some(b'"') => string_end(text, at),
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => at + 1,
        Some(_) => {
            let rest = text.get(at + 1..).unwrap_or_default();
            let stop = |byte: &&u8| {
                !is_space(**byte)
                    && !matches!(**byte, b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"')
            };
            at + 1 + rest.iter().take_while(stop).count()
        }
    }
}

fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        let Some(rest) = text.get(at..) else {
            return text.len();
        };
        match memchr::memchr2(b'"', b'\\', rest) {
            None => return text.len(),
            Some(i) if rest[i] == b'"' => return at + i + 1,
            Some(i) => at += i + 2,
        }
    }
}

fn spans(text: &str) -> Vec<Span<'_>> {
    let bytes = text.as_bytes();
    let mut spans = Vec::new();
    let mut at = skip_space(bytes, 0);
    while at < bytes.len() {
        // A backslash before a cut may lead past the end, or between the bytes of one character.
        let end = text.ceil_char_boundary(token_end(bytes, at).min(bytes.len()));
        let next = skip_space(bytes, end);
        let kind = match bytes[at] {
            b'"' if bytes.get(next) == Some(&b':') => SpanKind::Key,
            b'"' => SpanKind::String,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => SpanKind::Punct,
            b'-' | b'0'..=b'9' => SpanKind::Number,
            _ if matches!(&text[at..end], "null" | "true" | "false") => SpanKind::Keyword,
            _ => SpanKind::Plain,
        };
        let text = if bytes[at] == b':' {
            ": "
        } else {
            &text[at..end]
        };
        spans.push(Span { kind, text });
        at = next;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>()
                .prop_filter("finite", |f| f.is_finite())
                .prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((".{0,6}", inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_lines_hold_the_same_value(value in json()) {
            let pretty = JsonText::new(&value.to_string()).pretty();
            prop_assert_eq!(&serde_json::from_str::<Value>(&pretty).unwrap(), &value);
        }

        #[test]
        fn the_writing_of_the_file_makes_no_difference(value in json()) {
            let compact = JsonText::new(&value.to_string());
            let spaced = JsonText::new(&serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(compact.pretty(), spaced.pretty());
            prop_assert_eq!(JsonText::new(&compact.pretty()).pretty(), compact.pretty());
        }

        #[test]
        fn any_text_comes_out_without_a_panic(text in "[\\[\\]{}\",:\\\\ a1é\n]{0,60}") {
            for text in [JsonText::new(&text), JsonText::plain(&text)] {
                for line in 0..text.lines() {
                    let _ = text.spans(line);
                }
                let _ = text.pretty();
            }
        }
    }

    #[test]
    fn digits_stay_as_they_were_written() {
        let text = JsonText::new(r#"{"amount":1284.50,"big":12345678901234567890.0e+1}"#);
        let (spans, _) = text.spans(1);
        assert_eq!(
            spans[2],
            Span {
                kind: SpanKind::Number,
                text: "1284.50"
            }
        );
        assert!(text.pretty().contains("12345678901234567890.0e+1"));
    }

    #[test]
    fn a_member_a_line() {
        let text = JsonText::new(r#"{"a":{"b":[1,{}],"c":[]},"d":null}"#);
        let want = "{\n  \"a\": {\n    \"b\": [\n      1,\n      {}\n    ],\n    \"c\": []\n  },\n  \"d\": null\n}";
        assert_eq!(text.pretty(), want);
        assert_eq!((text.lines(), text.depth(3)), (10, 3));
        let (spans, _) = text.spans(8);
        let kinds: Vec<SpanKind> = spans.iter().map(|span| span.kind).collect();
        assert_eq!(kinds, [SpanKind::Key, SpanKind::Punct, SpanKind::Keyword]);
    }

    #[test]
    fn an_endless_line_is_cut_and_counted() {
        let text = JsonText::new(&format!("\"{}\"", "ä".repeat(5000)));
        let (spans, left_out) = text.spans(0);
        assert_eq!(spans.len(), 1);
        assert_eq!(left_out, 10_002 - spans[0].text.len());
        assert!(spans[0].text.len() <= SHOWN);
    }
}
