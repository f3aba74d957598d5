//! What goes wrong where the log is written. An event suffers one misfortune at most, so that each
//! can be found alone, and what was done is told to the truth.

use std::time::Duration;

use super::consumer::OnPoison;
use super::entry::{Entry, Numbered, Publication};
use super::event::{Event, EventId, Kind, Payload, Stream, Trail};
use super::later::Later;
use super::relay::Repeated;
use super::system::{Leaf, System};
use crate::model::Timestamp;
use crate::simulate::chance::{HOUR, SECOND, after, before};
use crate::simulate::fault::Fault;
use crate::simulate::truth::Finding;

/// Faults that happen to an event as it is recorded, in the order in which they are tried.
const AT_THE_LOG: [Fault; 13] = [
    Fault::PoisonBlocks,
    Fault::PoisonDeadLetter,
    Fault::PayloadNotJson,
    Fault::VersionGap,
    Fault::VersionFork,
    Fault::OrphanCausation,
    Fault::CausationCycle,
    Fault::OutOfOrder,
    Fault::LostPublication,
    Fault::DuplicateIdSameContent,
    Fault::DuplicateIdDifferentContent,
    Fault::DuplicateContentNewId,
    Fault::CommandAsEvent,
];

/// One event in so many is told to the stream that has no end.
const ACTIVITY_EVERY: i64 = 8;
static ACTIVITY: Kind = Kind::new("ActivityLogged", "activity-log", "seen:i about:s");

impl System {
    /// Brings an event into the log, with the misfortune that it meets; `effect` is the trail of what
    /// it causes.
    pub(super) fn meet(&mut self, mut entry: Entry, mut at: Timestamp, leaf: Leaf, effect: &Trail) {
        let stream = entry.event.stream;
        // Out of order is what shows: where what is kept back happened later anyway, it comes first.
        let happened = entry.event.occurred_at;
        let shows = self
            .held
            .get(&stream)
            .map(|held| held.event.occurred_at < happened);
        if shows
            .is_some_and(|shows| !shows || !self.plan.settles(Fault::OutOfOrder, self.position + 1))
        {
            self.let_go(stream, at);
            at = self.next_moment(at);
        }
        self.break_schema(&mut entry.event, at);
        match self.misfortune(&entry, at, leaf) {
            None => {
                self.admit(entry, at);
            }
            Some(Fault::OutOfOrder) => {
                self.handled.fill(None);
                let waiting = Later::NotOvertaken(stream, entry.event.id);
                self.later.plan(self.patience(at), waiting);
                self.held.insert(stream, entry);
                return;
            }
            Some(Fault::CausationCycle) => self.promise(entry, at),
            Some(Fault::CommandAsEvent) => {
                self.admit(entry, at);
                self.mistake_a_command(stream, effect);
            }
            Some(
                fault @ (Fault::DuplicateIdSameContent
                | Fault::DuplicateIdDifferentContent
                | Fault::DuplicateContentNewId),
            ) => {
                let copy = Box::new(self.copied(fault, &entry));
                let first = self.admit(entry, at);
                let due = after(at, self.echo());
                self.later.plan(due, Later::Copy(fault, copy, first));
            }
            Some(fault @ (Fault::PoisonBlocks | Fault::PoisonDeadLetter)) => {
                // Told by the consumer, if it comes so far.
                self.spoil(fault, &mut entry, at);
                self.admit(entry, at);
            }
            Some(fault) => {
                self.spoil(fault, &mut entry, at);
                let finding = Finding::of(fault.name(), &entry.event);
                let before = self.streams.get(&stream).map(|life| life.tip);
                let position = self.admit(entry, at);
                let twin = before.filter(|_| fault == Fault::VersionFork);
                let positions: Vec<i64> = twin.into_iter().chain([position]).collect();
                self.inject(finding.at(positions));
            }
        }
        if let Some(held) = self.held.remove(&stream) {
            let due = after(at, self.dice.delay(SECOND / 5..SECOND * 2));
            let overtaken = Later::Overtaken(Box::new(held), self.position);
            self.later.plan(due, overtaken);
            if self.plan.is_settled(Fault::OutOfOrder, self.position) {
                self.let_all_go(at);
            }
        }
        self.log_activity(stream);
    }

    fn misfortune(&mut self, entry: &Entry, at: Timestamp, leaf: Leaf) -> Option<Fault> {
        let position = self.position + 1;
        AT_THE_LOG.into_iter().find(|fault| {
            if *fault == Fault::PoisonBlocks {
                let due = self.poison.front().is_some_and(|(from, _)| *from <= at);
                return due && self.can(*fault, entry, leaf);
            }
            if !self.plan.has(*fault) || !self.can(*fault, entry, leaf) {
                return false;
            }
            match fault {
                Fault::OutOfOrder => self.plan.seeks(*fault, position, self.held.len()),
                _ => self.plan.fires(*fault, position),
            }
        })
    }

    /// Whether a fault can happen to an event.
    fn can(&self, fault: Fault, entry: &Entry, leaf: Leaf) -> bool {
        let event = &entry.event;
        let own = entry.numbered == Numbered::Next && self.version(event.stream) > 0;
        let category = event.stream.category;
        match fault {
            Fault::VersionGap | Fault::PayloadNotJson => own,
            // Which of two equal versions a snapshot holds nobody could say.
            Fault::VersionFork => own && !self.snapshots.covers(category),
            Fault::OrphanCausation => leaf == Leaf::Yes && event.causation.is_some(),
            Fault::CausationCycle => leaf == Leaf::No && event.causation.is_some(),
            Fault::OutOfOrder => own && leaf == Leaf::Yes && !self.held.contains_key(&event.stream),
            // Somebody has to be waiting for it.
            Fault::LostPublication => leaf == Leaf::No && self.world.published.contains(&category),
            Fault::PoisonBlocks => self.is_read_by(OnPoison::Blocks, category),
            Fault::PoisonDeadLetter => self.is_read_by(OnPoison::DeadLetters, category),
            _ => true,
        }
    }

    fn is_read_by(&self, poison: OnPoison, category: &str) -> bool {
        self.world.consumers.iter().any(|spec| {
            spec.poison == poison && (spec.reads.is_empty() || spec.reads.contains(&category))
        })
    }

    /// Does to an event what its fault does to it.
    fn spoil(&mut self, fault: Fault, entry: &mut Entry, at: Timestamp) {
        let event = &mut entry.event;
        match fault {
            Fault::PayloadNotJson => {
                event.data = cut_off(&event.data);
                event.payload = Payload::Broken;
            }
            Fault::VersionGap => entry.numbered = Numbered::SkippingOne,
            Fault::VersionFork => entry.numbered = Numbered::LikeTheLast,
            Fault::OrphanCausation => {
                event.causation = Some(EventId::new(before(at, HOUR), self.dice.bits()));
            }
            Fault::LostPublication => entry.publication = Publication::Lost,
            Fault::PoisonBlocks => {
                let mended = self.poison.pop_front().map_or(at, |(_, mended)| mended);
                entry.poison = Some((OnPoison::Blocks, mended));
                with_member(&mut event.data, "\"note\":\"\\u0000\"");
            }
            Fault::PoisonDeadLetter => {
                entry.poison = Some((OnPoison::DeadLetters, at));
                with_member(&mut event.data, "\"note\":\"\\u0000\"");
            }
            _ => {}
        }
    }

    /// The same event once more.
    fn copied(&mut self, fault: Fault, entry: &Entry) -> Entry {
        let mut event = entry.event.clone();
        let mut repeated = Repeated::Yes;
        match fault {
            Fault::DuplicateContentNewId => {
                event.id = EventId::new(event.recorded_at, self.dice.bits());
                repeated = Repeated::No;
            }
            Fault::DuplicateIdDifferentContent => with_member(&mut event.data, "\"resent\":true"),
            _ => {}
        }
        Entry {
            saga: entry.saga,
            repeated,
            ..Entry::new(event)
        }
    }

    /// How long a copy takes: mostly a quick retry, sometimes long.
    fn echo(&mut self) -> Duration {
        match self.dice.below(10) {
            0..5 => self.dice.delay(SECOND / 20..SECOND * 2),
            5..8 => self.dice.delay(SECOND * 5..SECOND * 60),
            _ => self.dice.delay(SECOND * 120..SECOND * 1200),
        }
    }

    /// A command is taken for an event, right behind the event after which it was sent.
    fn mistake_a_command(&mut self, stream: Stream, effect: &Trail) {
        let data = format!(
            "{{\"about\":\"{stream}\",\"requested_after\":{}}}",
            self.position
        );
        let event = self.extra_event(stream, self.world.command, data, effect);
        let finding = Finding::of(Fault::CommandAsEvent.name(), &event);
        let entry = Entry {
            saga: effect.saga,
            ..Entry::new(event)
        };
        let position = self.admit_beside(entry, self.now);
        self.inject(finding.at([position]));
    }

    /// Where everything is told to one stream, it is told there.
    fn log_activity(&mut self, about: Stream) {
        let endless = u64::from(self.plan.unbounded());
        if endless == 0 || self.position % ACTIVITY_EVERY != 0 {
            return;
        }
        let nth = self.position as u64 / ACTIVITY_EVERY as u64 % endless + 1;
        let data = format!("{{\"seen\":{},\"about\":\"{about}\"}}", self.position);
        let trail = self.start();
        let stream = Stream::numbered("activity", nth);
        let event = self.extra_event(stream, &ACTIVITY, data, &trail);
        self.admit_beside(Entry::new(event), self.now);
    }

    /// Admits an event that the story does not know of: nobody of the story reacts to it.
    pub(super) fn admit_beside(&mut self, entry: Entry, at: Timestamp) -> i64 {
        let (handled, recorded) = (self.handled.clone(), self.recorded);
        let at = self.next_moment(at);
        let position = self.admit(entry, at);
        (self.handled, self.recorded) = (handled, recorded);
        position
    }

    fn extra_event(
        &mut self,
        stream: Stream,
        kind: &'static Kind,
        data: String,
        trail: &Trail,
    ) -> Event {
        // By its own service's clock, whatever the wrong one of another has told its stream; but not before what
        // a device had reported there.
        let told = self.streams.get(&stream).map(|life| life.reported);
        let told = told.unwrap_or(Timestamp::MIN);
        Event {
            position: 0,
            stream,
            version: 0,
            kind,
            id: self.id(),
            recorded_at: self.now,
            occurred_at: self.stamp(self.now, kind.service).max(told),
            correlation: trail.correlation,
            causation: trail.cause.map(|(cause, _)| cause),
            data,
            payload: Payload::Json,
            metadata: String::new(),
        }
    }

    /// A release that turns a number into a text and says nothing of it.
    fn break_schema(&mut self, event: &mut Event, at: Timestamp) {
        let (kind, field) = self.world.breaking;
        if event.kind.name == kind
            && self.plan.broken_from().is_some_and(|from| from <= at)
            && let Some(data) = retyped(&event.data, field)
        {
            event.data = data;
            self.broken += 1;
        }
    }

    pub(super) fn inject(&mut self, finding: Finding) {
        *self.injected.entry(finding.kind).or_default() += 1;
        if let Some(witness) = &mut self.witness {
            witness.injected(finding);
        }
    }
}

/// The first part of a payload, as a column that is too short leaves it.
fn cut_off(data: &str) -> String {
    let mut end = data.len() * 3 / 5;
    while !data.is_char_boundary(end) {
        end -= 1;
    }
    data[..end].to_owned()
}

/// Adds a member at the end of an object.
fn with_member(data: &mut String, member: &str) {
    if data.pop().is_some() {
        if data.len() > 1 {
            data.push(',');
        }
        data.push_str(member);
        data.push('}');
    }
}

/// The payload with a number turned into a text.
fn retyped(data: &str, field: &str) -> Option<String> {
    let from = data.find(&format!("\"{field}\":"))? + field.len() + 3;
    let rest = &data[from..];
    let (number, rest) = rest.split_at(rest.find([',', '}'])?);
    let digit = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b'-';
    (!number.is_empty() && number.bytes().all(digit))
        .then(|| format!("{}\"{number}\"{rest}", &data[..from]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_spoilt_as_told() {
        assert_eq!(cut_off(r#"{"name":"üüüü"}"#), r#"{"name":"ü"#);
        let mut data = r#"{"a":1}"#.to_owned();
        with_member(&mut data, "\"b\":2");
        assert_eq!(data, r#"{"a":1,"b":2}"#);
        let retyped = |data| retyped(data, "sum");
        assert_eq!(
            retyped(r#"{"sum":-1.50,"x":1}"#).as_deref(),
            Some(r#"{"sum":"-1.50","x":1}"#)
        );
        assert_eq!(retyped(r#"{"sum":{"x":1}}"#), None);
        assert_eq!(retyped(r#"{"sums":1}"#), None);
    }
}
