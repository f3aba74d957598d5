//! The answer in one sentence: as parts that the window can make links of, and as plain text. Wording only; every fact comes from [`StateAt`].

use std::fmt;

use super::evidence::{EventRef, Evidence};
use super::moment::{EndedBy, Existence, StateAt};
use super::notices::{Notice, forked_words, notices};
use super::spoken::{one_line, spoken_field, spoken_value};
use super::tree::{Blame, Found};
use crate::analysis::words::many;
use crate::log::{Bound, Log, StreamEnd};
use crate::model::time::{Style, Zone};
use crate::model::{EventIx, Timestamp};

/// Characters of a value that a sentence shows.
const VALUE_CHARS: usize = 80;
/// Fields of a whole state that a sentence names.
const FIELDS_NAMED: usize = 6;
/// Characters of each value where several are named.
const SHORT_VALUE_CHARS: usize = 40;

/// A piece of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words in between.
    Words(String),
    /// The stream's name.
    Stream(String),
    /// A field, as people say it.
    Field {
        /// Its JSON pointer.
        pointer: String,
        /// `balance.amount`
        text: String,
    },
    /// A value, cut to what a sentence bears.
    Value(String),
    /// The moment asked about.
    Moment(String),
    /// An event.
    Event {
        /// The event.
        event: EventIx,
        /// Its type.
        name: String,
        /// Its version and position: `(v2, #2)`.
        place: String,
    },
    /// The time of an event.
    Time(String),
}

impl Part {
    fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text)
            | Self::Stream(text)
            | Self::Field { text, .. }
            | Self::Value(text)
            | Self::Moment(text)
            | Self::Time(text) => f.write_str(text),
            Self::Event { name, place, .. } => write!(f, "{name} {place}"),
        }
    }
}

/// The answer. Its `Display` is the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was: `user-123 had email new@example.com`.
    pub headline: Vec<Part>,
    /// When and why, clause by clause; the first is the moment.
    pub details: Vec<Vec<Part>>,
    /// The events that it rests on.
    pub evidence: Vec<Evidence>,
    /// What one must know besides.
    pub notices: Vec<Notice>,
    pub(super) zone: Zone,
}

/// The answer to what a stream, or one field of it, was at a moment. `field` is a JSON pointer.
#[must_use]
pub fn answer(log: &Log, at: &StateAt, field: Option<&str>, zone: Zone) -> Answer {
    let mut writer = Writer {
        log,
        at,
        zone,
        headline: Vec::new(),
        details: Vec::new(),
        evidence: Vec::new(),
    };
    writer.say(Part::Stream(one_line(log.stream_name(at.stream))));
    match (at.existence, field.filter(|pointer| !pointer.is_empty())) {
        (Existence::NotYet, _) => writer.not_yet(),
        (Existence::Ended { how, by }, _) => writer.ended(how, by),
        (Existence::Exists, None) => writer.whole(),
        (Existence::Exists, Some(pointer)) => writer.field(pointer),
    }
    let Writer {
        headline,
        details,
        evidence,
        ..
    } = writer;
    Answer {
        headline,
        details,
        evidence,
        notices: notices(log, at),
        zone,
    }
}

fn field_part(pointer: &str) -> Part {
    Part::Field {
        pointer: pointer.to_owned(),
        text: spoken_field(pointer),
    }
}

struct Writer<'a> {
    log: &'a Log,
    at: &'a StateAt,
    zone: Zone,
    headline: Vec<Part>,
    details: Vec<Vec<Part>>,
    evidence: Vec<Evidence>,
}

impl Writer<'_> {
    fn say(&mut self, part: Part) {
        self.headline.push(part);
    }

    fn words(&mut self, text: &str) {
        self.headline.push(Part::words(text));
    }

    /// Picks the tense: the present only for everything there is.
    fn tense<'t>(&self, past: &'t str, present: &'t str) -> &'t str {
        if self.at.cut.bound() == Bound::Head && self.log.is_complete() {
            present
        } else {
            past
        }
    }

    fn not_yet(&mut self) {
        self.words(self.tense(" did not exist yet", " has no events"));
        self.moment();
        if let Some(next) = self.at.next {
            self.event("it began with ", "began with", next, " later");
        }
    }

    fn ended(&mut self, how: StreamEnd, by: EndedBy) {
        let words = how.name();
        self.words(self.tense(" no longer existed", " no longer exists"));
        self.moment();
        match by {
            EndedBy::Event(by) => self.event(&format!("{words} by "), words, by, ""),
            EndedBy::Store(since) => {
                let mut clause = vec![Part::words(format!("the store says that it is {words}"))];
                if let Some(since) = since {
                    clause.push(Part::words(" since "));
                    clause.push(Part::Time(self.time(since)));
                }
                self.details.push(clause);
                if let Some(last) = self.at.last {
                    self.event("last event: ", "last event", last, "");
                }
            }
        }
        self.next();
    }

    fn whole(&mut self) {
        let (count, named) = self.fields_named();
        let version = self
            .at
            .last
            .and_then(|last| self.log.version_in(last, self.at.stream));
        match version {
            Some(version) => {
                let verb = self.tense("was", "is");
                self.words(&format!(" {verb} at version {}", version.0));
                self.forked();
                self.words(" with ");
            }
            None => self.words(self.tense(" had ", " has ")),
        }
        self.words(&match count {
            0 => "no fields".to_owned(),
            1 => "1 field".to_owned(),
            count => format!("{count} fields"),
        });
        let left = count - named.len();
        for (at, (pointer, value)) in named.into_iter().enumerate() {
            self.words(if at == 0 { ": " } else { ", " });
            self.say(field_part(&pointer));
            self.words(" ");
            self.say(Part::Value(value));
        }
        if left > 0 && left < count {
            self.words(&format!(" and {left} more"));
        }
        self.moment();
        if let Some(last) = self.at.last {
            self.event("last event: ", "last event", last, "");
        }
        self.left_out();
        self.next();
    }

    /// That its versions do not name events: who reads one in the sentence must know.
    fn forked(&mut self) {
        if let Some(words) = forked_words(self.at) {
            self.words(&format!(" ({words})"));
        }
    }

    /// How many fields the state has, and those that the sentence names, each with its value: the
    /// ones that changed last, since they are what a moment is asked about. The stream's own name
    /// among them says nothing new.
    fn fields_named(&self) -> (usize, Vec<(String, String)>) {
        let stream = self.log.stream_name(self.at.stream);
        let mut count = 0;
        let mut named: Vec<(EventIx, String, String)> = Vec::new();
        self.at.tree().for_each_leaf(&mut |leaf| {
            let Some(value) = leaf.value else { return };
            count += 1;
            let changed = leaf.blame.changed_by;
            let later = named.partition_point(|(other, ..)| *other >= changed);
            if later == FIELDS_NAMED || value.is_array() || value.is_object() || value == stream {
                return;
            }
            named.truncate(FIELDS_NAMED - 1);
            let value = spoken_value(value, SHORT_VALUE_CHARS);
            named.insert(later, (changed, leaf.pointer.to_owned(), value));
        });
        let named = named.into_iter();
        (
            count,
            named.map(|(_, field, value)| (field, value)).collect(),
        )
    }

    fn field(&mut self, pointer: &str) {
        let field = field_part(pointer);
        match self.at.tree().get(pointer) {
            Found::Present { value, blame } => {
                let value = spoken_value(&value, VALUE_CHARS);
                self.words(self.tense(" had ", " has "));
                self.say(field);
                self.words(" ");
                self.say(Part::Value(value));
                self.moment();
                if let Some(Blame { set_by, changed_by }) = blame {
                    self.event("last changed by ", "last changed by", changed_by, "");
                    if set_by != changed_by {
                        self.event(
                            "set again to the same value by ",
                            "set again by",
                            set_by,
                            "",
                        );
                    }
                }
            }
            Found::Removed(by) => {
                self.words(self.tense(" no longer had ", " no longer has "));
                self.say(field);
                self.moment();
                self.event("removed by ", "removed by", by, "");
            }
            Found::Missing => {
                self.words(self.tense(" had no ", " has no "));
                self.say(field);
                self.moment();
                if let Some(last) = self.at.last {
                    self.event("last event: ", "last event", last, "");
                }
            }
        }
        self.left_out();
        self.next();
    }

    /// That events say something, or may, which is not in the state.
    fn left_out(&mut self) {
        let left_out = self.at.fold.not_folded() + self.at.fold.unreadable();
        if let Some(events) = many(left_out, "event is", "events are") {
            self.details
                .push(vec![Part::words(format!("{events} not folded"))]);
        }
    }

    fn moment(&mut self) {
        let time = self.at.cut.time(self.log).map(|time| self.time(time));
        let (words, text) = match (self.at.cut.bound(), time) {
            // Of a time that was asked for the end of its second stays unsaid.
            (Bound::Time(time), _) => ("as of ", self.zone.say(time)),
            (Bound::Event(event), time) => {
                let position = self.log.position_name(event);
                (
                    "as of ",
                    time.map_or(position.to_string(), |time| format!("{position}, {time}")),
                )
            }
            (Bound::Head, Some(time)) if !self.log.is_complete() => {
                ("as of the last event indexed so far, ", time)
            }
            (Bound::Head, None) if !self.log.is_complete() => {
                ("as of ", "the last event indexed so far".to_owned())
            }
            (Bound::Head, Some(time)) => ("as of the head, ", time),
            (Bound::Head, None) => ("as of ", "the head".to_owned()),
            (Bound::Start, _) => ("before ", "the first event".to_owned()),
        };
        self.details
            .push(vec![Part::words(words), Part::Moment(text)]);
    }

    /// A clause on an event: its name and place, its time, and how long before (or after) the moment.
    fn event(&mut self, words: &str, role: &'static str, event: EventIx, after: &str) {
        let mut clause = vec![
            Part::words(words),
            self.event_part(event, Places::VersionAndPosition),
        ];
        if self.is_untimed(event) {
            clause.push(Part::words(", which has no time of its own"));
        }
        if let Some(time) = self.time_of(event) {
            clause.push(Part::words(" on "));
            clause.push(Part::Time(self.time(time)));
            if let Some(moment) = self.at.cut.time(self.log).filter(|&moment| moment != time) {
                let way = if time <= moment { " earlier" } else { " later" };
                let way = if after.is_empty() { way } else { after };
                let span = self.zone.apart(time, moment);
                clause.push(Part::words(format!(", {span}{way}")));
            }
        }
        self.details.push(clause);
        self.note(role, event);
    }

    fn next(&mut self) {
        let Some(next) = self.at.next else { return };
        let ahead = match (self.time_of(next), self.at.cut.time(self.log)) {
            (Some(time), Some(moment)) if time == moment => Some(Ahead::Together),
            (Some(time), Some(moment)) if time > moment => {
                Some(Ahead::By(self.zone.apart(moment, time)))
            }
            _ => None,
        };
        let places = if ahead.is_some() {
            Places::Version
        } else {
            Places::VersionAndPosition
        };
        let mut clause = vec![Part::words("next: "), self.event_part(next, places)];
        clause.extend(ahead.map(|ahead| match ahead {
            Ahead::Together => Part::words(" at the same time"),
            Ahead::By(span) => Part::words(format!(" in {span}")),
        }));
        self.details.push(clause);
        self.note("next", next);
    }

    fn note(&mut self, role: &'static str, event: EventIx) {
        let event = EventRef::new(self.log, self.at.stream, self.at.cut.clock(), event);
        self.evidence.push(Evidence { role, event });
    }

    fn event_part(&self, event: EventIx, places: Places) -> Part {
        let position = self.log.position_name(event);
        let place = match (self.log.version_in(event, self.at.stream), places) {
            (Some(version), Places::Version) => format!("({version})"),
            (Some(version), Places::VersionAndPosition) => format!("({version}, {position})"),
            (None, _) => format!("({position})"),
        };
        let name = one_line(self.log.type_name(self.log.event_type(event)));
        Part::Event { event, name, place }
    }

    /// Its own time: that of the event before it is no evidence.
    fn time_of(&self, event: EventIx) -> Option<Timestamp> {
        self.log.own_time(event, self.at.cut.clock())
    }

    fn is_untimed(&self, event: EventIx) -> bool {
        self.time_of(event).is_none() && self.at.cut.knows_times(self.log)
    }

    fn time(&self, time: Timestamp) -> String {
        self.zone.format(time, Style::AsNeeded)
    }
}

/// How far the next event is.
enum Ahead {
    Together,
    By(String),
}

/// What of an event's place a clause names.
#[derive(Clone, Copy)]
enum Places {
    Version,
    VersionAndPosition,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline.iter().try_for_each(|part| part.fmt(f))?;
        for (at, clause) in self.details.iter().enumerate() {
            f.write_str(if at == 0 { " " } else { "; " })?;
            clause.iter().try_for_each(|part| part.fmt(f))?;
        }
        f.write_str(".")
    }
}
