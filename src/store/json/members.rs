//! The members of one object, each of which is a record or holds some: its key stands around them.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::cursor::{Cursor, Halt, Step};
use super::grammar::is_space;
use super::item::{Context, Place};
use super::outline::unescaped;
use super::scan::{Candidate, Inside, Sink, Stop, Tail};
use super::words::string_stop;

/// Scans from the cursor on, which stands in the object behind its opening bracket, up to the end of
/// the object or of the cursor.
pub(super) fn scan(
    cursor: &mut Cursor<'_>,
    number: u64,
    context: &Context,
    sink: &mut Sink<'_>,
) -> Result<Stop, Halt> {
    let mut stop = Stop {
        byte: cursor.place(),
        number,
        inside: Inside::Array,
        flow: ControlFlow::Continue(()),
    };
    while stop.flow.is_continue() {
        match cursor.peek_solid()? {
            Some(b',') => cursor.advance(1),
            Some(b'"') => {
                let start = cursor.place();
                cursor.mark(sink.options.longest);
                if pass(cursor)? == Step::Cut {
                    cursor.unmark();
                    stop.flow = cut(sink, start);
                    break;
                }
                stop.number += 1;
                stop.flow = match cursor.marked() {
                    Some(bytes) => {
                        sink.trace.add(bytes, start);
                        record(bytes, (start, stop.number), context, sink)
                    }
                    None => sink.too_long(Place::Item(stop.number)),
                };
                stop.byte = cursor.place();
            }
            Some(b'}') => {
                cursor.advance(1);
                stop.byte = cursor.place();
                stop.inside = Inside::Closed;
                break;
            }
            // The end, or brackets that do not match: the outline has said so.
            Some(_) | None => break,
        }
    }
    Ok(stop)
}

fn cut(sink: &mut Sink<'_>, start: u64) -> ControlFlow<()> {
    match sink.options.tail {
        Tail::Following => ControlFlow::Continue(()),
        Tail::AtRest => {
            let message = "the object ends in the middle of this member";
            sink.problem(Place::Byte(start), message)
        }
    }
}

/// Steps over a key, its colon and its value.
fn pass(cursor: &mut Cursor<'_>) -> Result<Step, Halt> {
    if cursor.skip_value()? == Step::Cut || cursor.peek_solid()? != Some(b':') {
        return Ok(Step::Cut);
    }
    cursor.advance(1);
    cursor.peek_solid()?;
    cursor.skip_value()
}

fn record(
    bytes: &[u8],
    (start, number): (u64, u64),
    context: &Context,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let (key, value) = key_and_value(bytes);
    let context = Context {
        key: Some(Arc::from(key)),
        ..context.clone()
    };
    let candidate = Candidate {
        bytes: value,
        text: None,
        start,
        before: bytes.len() - value.len(),
        number,
    };
    sink.record(candidate, &context)
}

/// The key of a member, unescaped, and its value as written.
pub(super) fn key_and_value(bytes: &[u8]) -> (String, &[u8]) {
    let mut end = 1;
    // An escape is two bytes long as far as quotation marks go.
    loop {
        end = string_stop(bytes, end);
        match bytes.get(end) {
            Some(b'\\') => end += 2,
            Some(b'"') | None => break,
            Some(_) => end += 1,
        }
    }
    let end = end.min(bytes.len());
    let key = unescaped(bytes.get(1..end).unwrap_or_default());
    let rest = bytes.get(end + 1..).unwrap_or_default();
    let blank = |byte: &u8| is_space(*byte) || *byte == b':';
    let value = rest
        .iter()
        .position(|byte| !blank(byte))
        .unwrap_or(rest.len());
    (key, &rest[value..])
}

#[cfg(test)]
mod tests {
    use super::key_and_value;

    #[test]
    fn keys_are_told_from_values() {
        let cases: [(&str, &str, &str); 4] = [
            (r#""a" : {"b":1}"#, "a", r#"{"b":1}"#),
            (r#""a\"\u0062":{}"#, "a\"b", "{}"),
            (r#""":1"#, "", "1"),
            (r#""torn"#, "torn", ""),
        ];
        for (text, key, value) in cases {
            let found = key_and_value(text.as_bytes());
            assert_eq!(found, (key.to_owned(), value.as_bytes()), "{text}");
        }
    }
}
