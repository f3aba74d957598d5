//! What single events carry: one with all it has, many on a line each, one as JSON for the clipboard.

use crate::analysis::events;
use crate::analysis::links::{self, Links};
use crate::log::{Body, Bound, Cut, Payload, Unreadable, text_of};
use crate::model::EventIx;
use crate::model::json::{JsonText, lettered};
use crate::worker::{Asked, Question, Room, Subject, Unanswered};

/// Characters of a payload shown in a list.
const PREVIEW: usize = 240;

/// Asks for what an event carries.
#[derive(Clone, Debug, PartialEq)]
pub struct AskEvent {
    /// The log.
    pub subject: Subject,
    /// The event.
    pub event: EventIx,
}

/// An event with what it carries.
#[derive(Debug)]
pub struct Inspected {
    /// The event.
    pub event: EventIx,
    /// What it carries.
    pub body: Result<Body, Unreadable>,
    /// Its payload, ready to be shown.
    pub data: PayloadText,
    /// Its metadata, ready to be shown.
    pub metadata: PayloadText,
}

/// A payload cut into lines.
#[derive(Clone, Debug, Default)]
pub enum PayloadText {
    /// There is none.
    #[default]
    Absent,
    /// JSON.
    Json(JsonText),
    /// JSON that shows what is stored in another encoding, and that, if it is text.
    Viewed(JsonText, Option<JsonText>),
    /// Text of no known encoding.
    Text(JsonText),
    /// Neither: to be shown as it lies there.
    Bytes,
}

impl PayloadText {
    fn of(payload: &Payload) -> Self {
        match payload {
            Payload::Absent => Self::Absent,
            Payload::Json(raw) => Self::Json(JsonText::new(&lettered(raw.get()))),
            Payload::Viewed(viewed) => {
                Self::Viewed(JsonText::new(viewed.json.get()), as_text(&viewed.stored))
            }
            Payload::Opaque(bytes) => as_text(bytes).map_or(Self::Bytes, Self::Text),
        }
    }
}

/// Bytes that are text to be read.
fn as_text(bytes: &[u8]) -> Option<JsonText> {
    text_of(bytes).map(JsonText::plain)
}

impl Question for AskEvent {
    type Answer = Inspected;
    const ROOM: Room = Room::Answers;

    fn answer(&self, asked: Asked<'_>) -> Result<Inspected, Unanswered> {
        let Self { subject, event } = self;
        let mut body = Err(Unreadable::Rewritten);
        let payloads = &*subject.payloads;
        payloads.read(&subject.log, &[*event], asked.task, &mut |_, found| {
            body = found;
        })?;
        let (data, metadata) = match &body {
            Ok(body) => (PayloadText::of(&body.data), PayloadText::of(&body.metadata)),
            Err(_) => Default::default(),
        };
        Ok(Inspected {
            event: *event,
            body,
            data,
            metadata,
        })
    }
}

/// Asks what an event hangs together with.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLinks {
    /// The log.
    pub subject: Subject,
    /// The event.
    pub event: EventIx,
    /// The moment of the figures.
    pub cut: Cut,
}

impl Question for AskLinks {
    type Answer = Links;
    const ROOM: Room = Room::Answers;

    fn moment(&self) -> Option<Bound> {
        Some(self.cut.bound())
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Links, Unanswered> {
        let log = &self.subject.log;
        Ok(links::links(log, &self.cut, self.event, asked.task)?)
    }
}

/// Asks for payloads of a few events, shortened to a line each.
#[derive(Clone, Debug, PartialEq)]
pub struct AskLines {
    /// The log.
    pub subject: Subject,
    /// The events.
    pub events: Vec<EventIx>,
}

impl Question for AskLines {
    type Answer = Vec<(EventIx, Result<String, Unreadable>)>;
    const ROOM: Room = Room::Answers;

    fn outdates(&self, _before: &Self) -> bool {
        true
    }

    fn answer(&self, asked: Asked<'_>) -> Result<Self::Answer, Unanswered> {
        let Self { subject, events } = self;
        let mut lines = Vec::with_capacity(events.len());
        let payloads = &*subject.payloads;
        payloads.read(&subject.log, events, asked.task, &mut |event, body| {
            lines.push((event, body.map(|body| line(&body.data))));
        })?;
        Ok(lines)
    }
}

/// Asks for an event in full as JSON over several lines.
#[derive(Clone, Debug, PartialEq)]
pub struct AskRow {
    /// The log.
    pub subject: Subject,
    /// The event.
    pub event: EventIx,
}

impl Question for AskRow {
    type Answer = String;
    const ROOM: Room = Room::Answers;

    fn answer(&self, asked: Asked<'_>) -> Result<String, Unanswered> {
        let Self { subject, event } = self;
        let rows = events::rows(&subject.log, &*subject.payloads, &[*event], asked.task)?;
        let row = rows.first();
        let text = row.and_then(|row| serde_json::to_string_pretty(row).ok());
        text.ok_or_else(|| Unanswered::Failed("This event cannot be written as JSON".to_owned()))
    }
}

/// A payload on one line.
pub(super) fn line(payload: &Payload) -> String {
    match payload {
        Payload::Absent => String::new(),
        Payload::Opaque(bytes) => match text_of(bytes) {
            Some(text) => short(text),
            None => readable(bytes).unwrap_or_else(|| digits(bytes)),
        },
        Payload::Json(raw) => short(&lettered(beginning(raw.get()))),
        Payload::Viewed(viewed) => short(viewed.json.get()),
    }
}

fn digits(bytes: &[u8]) -> String {
    let bytes = bytes.iter().take(PREVIEW / 3);
    let digits: String = bytes.map(|byte| format!("{byte:02x} ")).collect();
    digits.trim_end().to_owned()
}

/// As much of a text as a line can show, however it is written.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(PREVIEW * 24)]
}

fn short(text: &str) -> String {
    let mut line = String::with_capacity(PREVIEW);
    let mut blank = false;
    for c in text.chars().take(PREVIEW * 4) {
        let space = c.is_whitespace();
        if !(space && blank) {
            line.push(if space { ' ' } else { c });
        }
        blank = space;
        if line.len() >= PREVIEW {
            break;
        }
    }
    line
}

/// Letters in a row that are taken for words.
const WORD: usize = 4;

/// What can be read of bytes of no known encoding, where that is a good part of them: words with dots
/// for what stands between.
fn readable(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(PREVIEW * 4)];
    let words = bytes.split(|byte| !(byte.is_ascii_graphic() || *byte == b' '));
    let words: Vec<&str> = words
        .filter(|word| word.len() >= WORD)
        .filter_map(|word| std::str::from_utf8(word).ok())
        .collect();
    let read: usize = words.iter().map(|word| word.len()).sum();
    (read * 2 > bytes.len()).then(|| short(&words.join(" … ")))
}
