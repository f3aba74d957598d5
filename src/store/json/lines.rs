//! JSON lines: one record a line, at the speed at which newlines can be found. Lines stand apart,
//! so a damaged one harms no other, and a file can be cut at any newline.

use std::ops::{ControlFlow, Range};

use memchr::{memchr, memchr_iter, memrchr};

use super::cursor::{BLOCK, Cursor, Halt, Step};
use super::item::{Context, Place};
use super::scan::{Candidate, Check, Flow, Inside, Sink, Stop, Tail};
use super::shape::{SEPARATOR, is_comment};
use crate::model::Task;
use crate::store::unpack::Text;

pub(super) fn scan(
    cursor: &mut Cursor<'_>,
    (inside, mut number): (Inside, u64),
    context: &Context,
    sink: &mut Sink<'_>,
) -> Result<Stop, Halt> {
    if inside == Inside::Line && to_next_line(cursor)? == Step::Cut {
        return Ok(stop(cursor, Inside::Line, number, GO_ON));
    }
    // Bytes of the unfinished line that are known to hold no newline.
    let mut searched = 0;
    loop {
        let rest = cursor.rest();
        if let Some(last) = memrchr(b'\n', &rest[searched..]) {
            let whole = &rest[..searched + last + 1];
            let (passed, lines, flow) = region(whole, cursor.place(), number, context, sink);
            cursor.advance(passed);
            number += lines;
            searched = 0;
            if flow.is_break() {
                return Ok(stop(cursor, Inside::File, number, flow));
            }
        } else if rest.len() > sink.options.longest {
            number += 1;
            searched = 0;
            let flow = sink.too_long(Place::Line(number));
            let inside = match to_next_line(cursor)? {
                Step::Whole => Inside::File,
                Step::Cut => Inside::Line,
            };
            if inside == Inside::Line || flow.is_break() {
                return Ok(stop(cursor, inside, number, flow));
            }
        } else {
            searched = rest.len();
            if !cursor.fill()? {
                break;
            }
        }
    }
    let rest = cursor.rest();
    let mut flow = GO_ON;
    if !rest.is_empty() && sink.options.tail == Tail::AtRest {
        let before = sink.records;
        // What was cut off may look whole at its end, and must not be passed over then.
        sink.options.check = Check::Grammar;
        flow = line(rest, None, cursor.place(), number + 1, context, sink);
        // A line that was cut may yet be completed, so a follower reads it again from its start.
        if sink.records > before {
            let all = rest.len();
            cursor.advance(all);
        }
    }
    Ok(stop(cursor, Inside::File, number, flow))
}

const GO_ON: Flow = ControlFlow::Continue(());

const fn stop(cursor: &Cursor<'_>, inside: Inside, number: u64, flow: Flow) -> Stop {
    Stop {
        byte: cursor.place(),
        number,
        inside,
        flow,
    }
}

/// Steps over the rest of a line that is too long to be held; whether its end was there.
fn to_next_line(cursor: &mut Cursor<'_>) -> Result<Step, Halt> {
    cursor.skip_line()?;
    let end = cursor.peek()?;
    cursor.advance(usize::from(end.is_some()));
    Ok(end.map_or(Step::Cut, |_| Step::Whole))
}

/// Scans bytes that end in a newline; says how many bytes and lines it passed.
fn region(
    bytes: &[u8],
    place: u64,
    number: u64,
    context: &Context,
    sink: &mut Sink<'_>,
) -> (usize, u64, Flow) {
    // One check for a megabyte; only where it fails are the lines checked one by one.
    let text = std::str::from_utf8(bytes).ok();
    let mut from = 0;
    let mut lines = 0;
    for newline in memchr_iter(b'\n', bytes) {
        lines += 1;
        let known = text.and_then(|text| text.get(from..newline));
        let start = place + from as u64;
        let flow = line(
            &bytes[from..newline],
            known,
            start,
            number + lines,
            context,
            sink,
        );
        from = newline + 1;
        if flow.is_break() {
            return (from, lines, flow);
        }
    }
    (from, lines, GO_ON)
}

fn line(
    bytes: &[u8],
    text: Option<&str>,
    start: u64,
    number: u64,
    context: &Context,
    sink: &mut Sink<'_>,
) -> Flow {
    let mut from = bytes.len() - bytes.trim_ascii_start().len();
    // Text sequences (RFC 7464) have a mark in front of each.
    if bytes[from..].starts_with(&[SEPARATOR]) {
        from += 1;
    }
    // Files that were put together with `cat` have marks in their middle.
    if bytes[from..].starts_with(b"\xef\xbb\xbf") {
        from += 3;
    }
    let to = bytes.trim_ascii_end().len();
    if from >= to {
        return GO_ON;
    }
    let solid = &bytes[from..to];
    if is_comment(solid) || is_bulk_action(solid) {
        sink.comments += 1;
        return GO_ON;
    }
    let candidate = Candidate {
        bytes: solid,
        text: text.and_then(|text| text.get(from..to)),
        start: start + from as u64,
        before: 0,
        number,
    };
    sink.record(candidate, context)
}

/// Whether a line says where the document behind it belongs, as bulk requests to Elasticsearch do:
/// `{"index": {"_index": "e", "_id": "0"}}`.
fn is_bulk_action(line: &[u8]) -> bool {
    let skip = |line: &[u8], text: &[u8], from: usize| -> Option<usize> {
        let rest = line.get(from..)?;
        let solid = rest.trim_ascii_start();
        let blank = rest.len() - solid.len();
        solid.starts_with(text).then_some(from + blank + text.len())
    };
    let Some(from) = skip(line, b"{", 0) else {
        return false;
    };
    let names: [&[u8]; 4] = [b"\"index\"", b"\"create\"", b"\"update\"", b"\"delete\""];
    let named = names.iter().find_map(|name| skip(line, name, from));
    let inner = named.and_then(|from| skip(line, b":", from));
    let Some(inner) = inner.and_then(|from| skip(line, b"{", from)) else {
        return false;
    };
    let inner = &line[inner..];
    let known = [&b"\"_id\""[..], b"\"_index\""]
        .iter()
        .any(|key| memchr::memmem::find(inner, key).is_some());
    known && line.len() < 1_000 && inner.trim_ascii_end().ends_with(b"}")
}

/// Where to cut `range` near the places in `aims`, which ascend, each after a newline.
pub(super) fn cuts(
    text: &Text,
    range: Range<u64>,
    aims: impl Iterator<Item = u64>,
    task: &Task,
) -> Result<Vec<u64>, Halt> {
    let mut cuts: Vec<u64> = Vec::new();
    for aim in aims {
        // A line may be longer than what lies between two aims.
        if cuts.last().is_some_and(|cut| aim <= *cut) {
            continue;
        }
        let Some(cut) = after_newline(text, aim..range.end, task)? else {
            break;
        };
        if cut < range.end {
            cuts.push(cut);
        }
    }
    Ok(cuts)
}

fn after_newline(text: &Text, range: Range<u64>, task: &Task) -> Result<Option<u64>, Halt> {
    // Lines are usually short.
    let mut block = 16 << 10;
    let mut from = range.start;
    while from < range.end {
        task.check()?;
        let bytes = text.read_at(from..range.end.min(from + block))?;
        if let Some(at) = memchr(b'\n', &bytes) {
            return Ok(Some(from + at as u64 + 1));
        }
        if bytes.is_empty() {
            break;
        }
        from += bytes.len() as u64;
        block = BLOCK as u64;
    }
    Ok(None)
}
