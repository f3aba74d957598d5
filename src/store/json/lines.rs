//! JSON lines: one record a line, at the speed at which newlines can be found. Lines stand apart,
//! so a damaged one harms no other, and a file can be cut at any newline.

use std::io;
use std::ops::ControlFlow;

use memchr::{memchr, memchr_iter, memrchr};

use super::cursor::{BLOCK, Cursor, Halt};
use super::item::Context;
use super::scan::{Candidate, Check, Flow, Inside, Sink, Stop, Tail};
use super::shape::is_comment;
use crate::store::unpack::Text;

pub(super) fn scan(
    cursor: &mut Cursor<'_>,
    mut number: u64,
    context: &Context,
    sink: &mut Sink<'_>,
) -> Result<Stop, Halt> {
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
                return Ok(stop(cursor, number, flow));
            }
        } else {
            searched = rest.len();
            if !cursor.fill()? {
                break;
            }
        }
    }
    let rest = cursor.rest();
    let mut flow = ControlFlow::Continue(());
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
    Ok(stop(cursor, number, flow))
}

const fn stop(cursor: &Cursor<'_>, number: u64, flow: Flow) -> Stop {
    Stop {
        byte: cursor.place(),
        number,
        inside: Inside::File,
        flow,
    }
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
    (from, lines, ControlFlow::Continue(()))
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
    // Files that were put together with `cat` have marks in their middle.
    if bytes[from..].starts_with(b"\xef\xbb\xbf") {
        from += 3;
    }
    let to = bytes.trim_ascii_end().len();
    if from >= to {
        return ControlFlow::Continue(());
    }
    let solid = &bytes[from..to];
    if is_comment(solid) {
        sink.comments += 1;
        return ControlFlow::Continue(());
    }
    let candidate = Candidate {
        bytes: solid,
        text: text.and_then(|text| text.get(from..to)),
        start: start + from as u64,
        number,
    };
    sink.record(candidate, context)
}

/// Where to cut `start..end` into about `parts` parts of equal size, each after a newline.
pub(super) fn cuts(text: &Text, start: u64, end: u64, parts: u64) -> io::Result<Vec<u64>> {
    let part = |part| (u128::from(end - start) * u128::from(part) / u128::from(parts)) as u64;
    cuts_at(text, start, end, (1..parts).map(|n| start + part(n)))
}

/// Where to cut `start..end` near the places in `aims`, which ascend, each after a newline.
pub(super) fn cuts_at(
    text: &Text,
    start: u64,
    end: u64,
    aims: impl Iterator<Item = u64>,
) -> io::Result<Vec<u64>> {
    let mut cuts: Vec<u64> = Vec::new();
    for aim in aims {
        let from = aim.max(cuts.last().copied().unwrap_or(start));
        if let Some(cut) = after_newline(text, from, end)?
            && cut < end
            && cuts.last() != Some(&cut)
        {
            cuts.push(cut);
        }
    }
    Ok(cuts)
}

fn after_newline(text: &Text, mut from: u64, end: u64) -> io::Result<Option<u64>> {
    // Lines are usually short.
    let mut block = 16 << 10;
    while from < end {
        let bytes = text.read_at(from..end.min(from + block))?;
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
