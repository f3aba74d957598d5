//! JSON values one after another, and the elements of arrays among them: each object is a record.
//! Values are told apart by their brackets, so a damaged one harms no other unless its brackets
//! do not match.

use std::ops::ControlFlow;

use super::cursor::{Cursor, Halt, Step};
use super::item::{Context, Place};
use super::scan::{Candidate, Flow, Inside, Sink, Stop, Tail, what};

/// What came before, as far as commas go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing that is known: the scan began here.
    Unknown,
    /// An opening bracket.
    Bracket,
    Value,
    Comma,
}

struct Scan<'s, 't, 'c> {
    cursor: &'s mut Cursor<'t>,
    context: &'s Context,
    sink: &'s mut Sink<'c>,
    before: Before,
    inside: Inside,
    /// Where the last whole value ended.
    stop: Stop,
}

/// Bytes of a line of garbage that are kept to be shown.
const SHOWN: usize = 1 << 20;

enum Go {
    On,
    /// The array that the scan was about, or the text, is at its end.
    End,
}

/// Scans from the cursor on. `inside` says whether that is in an array, whose end then ends the
/// scan if `outer` is that of an array too.
pub(super) fn scan(
    cursor: &mut Cursor<'_>,
    (inside, number): (Inside, u64),
    outer: Inside,
    context: &Context,
    sink: &mut Sink<'_>,
) -> Result<Stop, Halt> {
    let stop = Stop {
        byte: cursor.place(),
        number,
        inside,
        flow: ControlFlow::Continue(()),
    };
    let mut scan = Scan {
        cursor,
        context,
        sink,
        before: Before::Unknown,
        inside,
        stop,
    };
    // Nothing came after that end, or it would not be the last place.
    if inside == Inside::Closed {
        return Ok(stop);
    }
    while let Go::On = scan.step(outer)? {
        if scan.stop.flow.is_break() {
            break;
        }
    }
    Ok(scan.stop)
}

impl Scan<'_, '_, '_> {
    fn step(&mut self, outer: Inside) -> Result<Go, Halt> {
        let array = self.inside == Inside::Array;
        match self.cursor.peek_solid()? {
            None => {
                if array && self.sink.options.tail == Tail::AtRest {
                    self.problem("the array is cut off: its end is missing");
                }
                if self.stop.inside != Inside::Closed {
                    // Only blanks were passed, and perhaps a comma.
                    self.pass();
                }
                return Ok(Go::End);
            }
            Some(b',') => {
                self.cursor.advance(1);
                if array && matches!(self.before, Before::Comma | Before::Bracket) {
                    self.problem("a comma without a value before it");
                }
                self.before = Before::Comma;
            }
            Some(b']') if array => {
                if self.before == Before::Comma {
                    self.problem("a comma before the end of the array");
                }
                self.cursor.advance(1);
                self.inside = Inside::File;
                self.before = Before::Unknown;
                // An array that is stored anew with more in it goes on where this one ended.
                self.stop.inside = Inside::Closed;
                if outer == Inside::Array {
                    return Ok(Go::End);
                }
            }
            Some(b'[') if !array => {
                self.cursor.advance(1);
                self.inside = Inside::Array;
                self.pass();
                self.before = Before::Bracket;
            }
            Some(b'#' | b'/') if !array => {
                self.cursor.skip_line()?;
                if self.is_unfinished()? {
                    return Ok(Go::End);
                }
                self.sink.comments += 1;
            }
            Some(b'{' | b'[' | b'"') => return self.value(),
            // No value begins like this, so the rest of the line is as good as lost.
            Some(_) if !array => return self.garbage(),
            Some(_) => return self.value(),
        }
        Ok(Go::On)
    }

    fn value(&mut self) -> Result<Go, Halt> {
        if self.before == Before::Value && self.inside == Inside::Array {
            self.problem("a comma is missing before this");
        }
        let start = self.cursor.place();
        self.cursor.mark(self.sink.options.longest);
        if self.cursor.skip_value()? == Step::Cut {
            self.cursor.unmark();
            if self.sink.options.tail == Tail::AtRest {
                let number = self.stop.number + 1;
                let bytes = self.cursor.place() - start;
                let whose = match self.inside {
                    Inside::Array => "the array ends in the middle of this element",
                    _ => "the file ends in the middle of this value",
                };
                let message = format!("{whose}, {bytes} bytes after its start at byte {start}");
                self.stop.flow = self.sink.problem((self.sink.counted)(number), message);
            }
            return Ok(Go::End);
        }
        self.stop.number += 1;
        let number = self.stop.number;
        let flow = match self.cursor.marked() {
            Some(bytes) => {
                self.sink.trace.add(bytes, start);
                let candidate = Candidate {
                    number,
                    start,
                    before: 0,
                    text: None,
                    bytes,
                };
                self.sink.record(candidate, self.context)
            }
            None => self.sink.too_long((self.sink.counted)(number)),
        };
        self.pass();
        self.before = Before::Value;
        self.keep(flow);
        Ok(Go::On)
    }

    fn garbage(&mut self) -> Result<Go, Halt> {
        let start = self.cursor.place();
        self.cursor.mark(SHOWN);
        self.cursor.skip_line()?;
        let message = format!(
            "an event is an object, this is {}",
            what(self.cursor.marked().unwrap_or(b"a long line"))
        );
        if self.is_unfinished()? {
            return Ok(Go::End);
        }
        let flow = self.sink.problem(Place::Byte(start), message);
        self.before = Before::Unknown;
        self.keep(flow);
        Ok(Go::On)
    }

    /// Whether the text ends in the line that was just passed, and its writer may go on with it.
    fn is_unfinished(&mut self) -> Result<bool, Halt> {
        let following = self.sink.options.tail == Tail::Following;
        Ok(following && self.cursor.peek()?.is_none())
    }

    /// A scan that goes on later does so from here.
    const fn pass(&mut self) {
        self.stop.byte = self.cursor.place();
        self.stop.inside = self.inside;
        self.before = Before::Unknown;
    }

    fn problem(&mut self, message: &str) {
        let flow = self.sink.problem(Place::Byte(self.cursor.place()), message);
        self.keep(flow);
    }

    fn keep(&mut self, flow: Flow) {
        if flow.is_break() {
            self.stop.flow = flow;
        }
    }
}
