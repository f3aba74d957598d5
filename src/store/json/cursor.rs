//! Reads a text forwards in blocks and steps over whole JSON values by their brackets alone. What
//! is marked stays in memory, everything else passes through. Judges no grammar.

use std::io;

use super::grammar::is_space;
use super::words::quote_or_slash;
use crate::model::{Cancelled, Task};
use crate::store::unpack::Text;

/// Bytes read at once by a scan.
pub(super) const BLOCK: usize = 1 << 20;

/// Why a scan cannot go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Whether the end of a value was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Whole,
    Cut,
}

pub(super) struct Cursor<'t> {
    text: &'t Text,
    task: &'t Task,
    block: usize,
    end: u64,
    buffer: Vec<u8>,
    filled: usize,
    /// The byte of the text that the buffer begins with.
    base: u64,
    at: usize,
    mark: Option<usize>,
    /// Bytes that a mark keeps at most.
    longest: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(
        text: &'t Text,
        range: std::ops::Range<u64>,
        block: usize,
        task: &'t Task,
    ) -> Self {
        Self {
            text,
            task,
            block,
            end: range.end,
            buffer: Vec::new(),
            filled: 0,
            base: range.start,
            at: 0,
            mark: None,
            longest: 0,
        }
    }

    /// The byte of the text that comes next.
    pub(super) const fn place(&self) -> u64 {
        self.base + self.at as u64
    }

    /// What is in memory from here on.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    pub(super) const fn advance(&mut self, by: usize) {
        self.at += by;
    }

    /// Keeps everything from here on in memory, as long as that is about `longest` bytes at most.
    pub(super) const fn mark(&mut self, longest: usize) {
        self.mark = Some(self.at);
        self.longest = longest;
    }

    /// What was passed since the mark, which is taken away; `None` where it was more than is kept.
    pub(super) fn marked(&mut self) -> Option<&[u8]> {
        let from = self.mark.take()?;
        Some(&self.buffer[from..self.at])
    }

    pub(super) const fn unmark(&mut self) {
        self.mark = None;
    }

    /// Reads on; false at the end. Blocks grow with what is kept, so that a long record is not
    /// copied again and again.
    pub(super) fn fill(&mut self) -> Result<bool, Halt> {
        self.task.check()?;
        self.mark = self.mark.filter(|mark| self.filled - mark <= self.longest);
        let keep = self.mark.unwrap_or(self.at);
        self.buffer.copy_within(keep..self.filled, 0);
        self.filled -= keep;
        self.at -= keep;
        self.base += keep as u64;
        self.mark = self.mark.map(|mark| mark - keep);
        let from = self.base + self.filled as u64;
        let left = usize::try_from(self.end.saturating_sub(from)).unwrap_or(usize::MAX);
        let wanted = self.filled + self.filled.max(self.block).min(left);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        } else if self.buffer.len() / 16 > wanted {
            // What a long record took is given back.
            self.buffer.truncate(wanted);
            self.buffer.shrink_to_fit();
        }
        let until = self.filled + left.min(self.buffer.len() - self.filled);
        let count = self.text.fill(from, &mut self.buffer[self.filled..until])?;
        self.filled += count;
        self.task.advance(count as u64);
        Ok(count > 0)
    }

    pub(super) fn peek(&mut self) -> Result<Option<u8>, Halt> {
        while self.at == self.filled {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at]))
    }

    /// Steps over blanks and shows what comes then.
    pub(super) fn peek_solid(&mut self) -> Result<Option<u8>, Halt> {
        self.skip_while(is_space)?;
        self.peek()
    }

    fn skip_while(&mut self, passes: impl Fn(u8) -> bool) -> Result<(), Halt> {
        loop {
            match self.rest().iter().position(|&byte| !passes(byte)) {
                Some(count) => {
                    self.at += count;
                    return Ok(());
                }
                None => {
                    self.at = self.filled;
                    if !self.fill()? {
                        return Ok(());
                    }
                }
            }
        }
    }

    pub(super) fn skip_line(&mut self) -> Result<(), Halt> {
        loop {
            match memchr::memchr(b'\n', self.rest()) {
                Some(count) => {
                    self.at += count;
                    return Ok(());
                }
                None => {
                    self.at = self.filled;
                    if !self.fill()? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Steps over the value that begins here, of whatever kind; at least one byte.
    pub(super) fn skip_value(&mut self) -> Result<Step, Halt> {
        match self.peek()? {
            None => Ok(Step::Cut),
            Some(b'{' | b'[' | b'"') => self.skip_balanced(),
            Some(_) => {
                self.at += 1;
                self.skip_while(|byte| {
                    !is_space(byte) && !matches!(byte, b',' | b'[' | b']' | b'{' | b'}' | b'"')
                })?;
                Ok(Step::Whole)
            }
        }
    }

    fn skip_balanced(&mut self) -> Result<Step, Halt> {
        let mut balance = Balance::default();
        loop {
            match balance.pass(self.rest()) {
                Some(count) => {
                    self.at += count;
                    return Ok(Step::Whole);
                }
                None => {
                    self.at = self.filled;
                    if !self.fill()? {
                        return Ok(Step::Cut);
                    }
                }
            }
        }
    }
}

/// How deep in brackets, and whether in a string: all that is needed to find where a value ends.
#[derive(Default)]
struct Balance {
    depth: usize,
    within: Within,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Structure,
    String,
    /// A string, straight after a backslash.
    Escape,
}

impl Balance {
    /// The byte after the end of the value, if it is in `bytes`; begins with its first byte and
    /// may be called again with what follows.
    fn pass(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            match self.within {
                Within::Escape => {
                    bytes.get(at)?;
                    at += 1;
                    self.within = Within::String;
                }
                Within::String => {
                    at += quote_or_slash(bytes.get(at..)?)?;
                    if bytes[at] == b'\\' {
                        self.within = Within::Escape;
                    } else {
                        self.within = Within::Structure;
                    }
                    at += 1;
                    if self.depth == 0 && self.within == Within::Structure {
                        return Some(at);
                    }
                }
                Within::Structure => {
                    let byte = *bytes.get(at)?;
                    at += 1;
                    match byte {
                        b'"' => self.within = Within::String,
                        b'{' | b'[' => self.depth += 1,
                        b'}' | b']' => {
                            self.depth -= 1;
                            if self.depth == 0 {
                                return Some(at);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}
