//! The log's writer: gives each event its version, id, stamps and position, and lets everybody who
//! cares hear of it: the relay, the consumers, the read model, the snapshots, the witness.

use std::time::Duration;

use serde_json::Value;

use super::consumer::{Arrival, Consumer, Delivery, Inbox, OnPoison, Source};
use super::entry::{Entry, Numbered, Publication};
use super::event::{Draft, Event, EventId, Payload, Trail};
use super::relay::Repeated;
use super::system::{Leaf, Life, System};
use crate::model::Timestamp;
use crate::simulate::chance::{after, before};
use crate::simulate::fault::{Fault, Plan};
use crate::simulate::output::Row;
use crate::simulate::truth::Finding;

impl System {
    /// Records what somebody has drafted, with what the story says and what goes wrong.
    pub fn append(&mut self, trail: &Trail, draft: Draft, leaf: Leaf) -> Trail {
        // What comes late comes before its stream is forgotten.
        while let Some((due, later)) = self.later.next(self.now) {
            self.come_late(due, later);
        }
        self.forget();
        let at = self.next_moment(self.now);
        let cause = trail.cause.map(|(cause, _)| cause);
        let promised = cause.and_then(|cause| self.promised.remove(&cause));
        let chance = self.ids.bits();
        let id = match &promised {
            Some((id, _)) => *id,
            None => EventId::new(at, chance),
        };
        let spent = Duration::from_micros(2000 + (self.ids.bits() >> 32) % 30_000);
        let cause_at = trail.cause.map_or(Timestamp::MIN, |(_, at)| at);
        // Nor before what its stream had seen, unless a device has seen the future.
        let seen = self.streams.get(&draft.stream).map(|life| life.occurred);
        let seen = seen.filter(|seen| *seen <= at).unwrap_or(Timestamp::MIN);
        let happened = before(at, spent).max(cause_at).max(seen);
        let occurred_at = draft
            .occurred_at
            .unwrap_or_else(|| self.stamp(happened, draft.kind.service));
        let event = Event {
            position: 0,
            stream: draft.stream,
            version: 0,
            kind: draft.kind,
            id,
            recorded_at: at,
            occurred_at,
            correlation: trail.correlation,
            causation: cause,
            data: draft.data,
            payload: Payload::Json,
            metadata: draft.metadata,
        };
        let entry = Entry {
            numbered: draft.expected.map_or(Numbered::Next, Numbered::After),
            saga: trail.saga,
            marks: draft.marks,
            failure: draft.failure,
            reported: draft.occurred_at,
            ..Entry::new(event)
        };
        let effect = Trail {
            cause: Some((id, at)),
            ..*trail
        };
        match promised {
            None => self.meet(entry, at, leaf, &effect),
            Some((_, mut finding)) => {
                finding.ids.push(id);
                finding.positions.push(self.admit(entry, at));
                self.inject(finding);
            }
        }
        effect
    }

    /// The moment of the next event; what is to be told of the time before it is told.
    pub(super) fn next_moment(&mut self, at: Timestamp) -> Timestamp {
        let at = at.max(after(self.last, Duration::from_micros(1)));
        if self.position > 0 {
            self.testify(at);
        }
        at
    }

    fn testify(&mut self, until: Timestamp) {
        let Some(witness) = &mut self.witness else {
            return;
        };
        let Some(moment) = witness.moment(self.last, until) else {
            return;
        };
        let mut standings = Vec::with_capacity(self.consumers.len());
        for consumer in &mut self.consumers {
            consumer.advance(moment);
            consumer
                .standing
                .reach(moment, consumer.spec.name, &mut self.out);
            let Some(standing) = consumer.standing.as_of(moment) else {
                return;
            };
            standings.push((consumer.spec.name, standing));
        }
        self.relay.reach(moment, &mut self.out);
        witness.testify(
            moment,
            self.position,
            standings,
            self.relay.as_of(),
            &self.view,
        );
    }

    /// A moment by the clock of a service.
    pub(super) fn stamp(&self, at: Timestamp, service: &str) -> Timestamp {
        let skew = self.plan.skews().iter().find(|(name, _)| *name == service);
        Timestamp::from_micros(at.micros() + skew.map_or(0, |(_, micros)| *micros))
    }

    /// Gives an event its place in the log, and tells everybody.
    pub(super) fn admit(&mut self, mut entry: Entry, at: Timestamp) -> i64 {
        if self.is_full() {
            return self.position;
        }
        self.position += 1;
        self.recorded = self.position;
        self.last = at;
        entry.event.position = self.position;
        entry.event.recorded_at = self.stamp(at, entry.event.kind.service);
        self.number(&mut entry);
        let event = &entry.event;
        let key = (event.kind.name, event.kind.version);
        if self.registered.insert(key) {
            let (kind, at) = (event.kind, event.recorded_at);
            self.out.row(Row::Schema { kind, at });
        }
        self.deliver(&entry, at);
        if self.reads_payloads {
            self.take_in(&entry, at);
        }
        self.out.row(Row::Event(entry.event));
        self.position
    }

    /// Gives an event its version. What the story itself does out of order belongs to it.
    fn number(&mut self, entry: &mut Entry) {
        let life = self.streams.entry(entry.event.stream).or_insert_with(|| {
            self.born += 1;
            Life::default()
        });
        let next = life.version + 1;
        let event = &mut entry.event;
        event.version = match entry.numbered {
            Numbered::Next => next,
            Numbered::After(version) => version + 1,
            Numbered::LikeTheLast => life.version,
            Numbered::SkippingOne => next + 1,
        };
        let fork = matches!(entry.numbered, Numbered::After(_)) && event.version < next;
        let late = entry.reported.is_some() && event.occurred_at < life.occurred;
        if event.version >= life.version {
            (life.version, life.tip) = (event.version, self.position);
        }
        life.occurred = life.occurred.max(event.occurred_at);
        if entry.reported.is_some() {
            life.reported = life.reported.max(event.occurred_at);
        }
        for (is, fault) in [(fork, Fault::VersionFork), (late, Fault::OutOfOrder)] {
            if is {
                let finding = Finding::of(fault.name(), &entry.event);
                let version = Some(entry.event.version);
                let finding = finding.at([self.position]);
                self.inherent(Finding { version, ..finding });
            }
        }
    }

    fn deliver(&mut self, entry: &Entry, at: Timestamp) {
        let event = &entry.event;
        let category = event.stream.category;
        let published = match self.relay.publishes(category) {
            true if entry.publication == Publication::Lost => {
                self.relay.lose();
                None
            }
            true => Some(self.relay.publish(event, at, entry.repeated)),
            false => Some(at),
        };
        self.relay.reach(at, &mut self.out);
        for (nth, consumer) in self.consumers.iter_mut().enumerate() {
            self.handled[nth] = None;
            if !consumer.reads(category) {
                continue;
            }
            let how = arrival(entry, consumer, &mut self.plan, self.position);
            let ready = match consumer.spec.from {
                Source::Log => Some(at),
                Source::Broker => published,
            };
            let delivery = Delivery {
                position: event.position,
                id: event.id,
                recorded_at: event.recorded_at,
                ready,
                how,
            };
            consumer
                .standing
                .reach(at, consumer.spec.name, &mut self.out);
            self.handled[nth] = consumer.deliver(&delivery);
        }
    }

    fn take_in(&mut self, entry: &Entry, at: Timestamp) {
        let event = &entry.event;
        let payload: Option<Value> = match event.payload {
            Payload::Json => serde_json::from_str(&event.data).ok(),
            Payload::Broken => None,
        };
        if let Some(payload) = &payload {
            self.view.apply(event, payload);
        }
        let taken = self.snapshots.apply(event, payload.as_ref(), at);
        if let Some(witness) = &mut self.witness {
            witness.observe(event, payload.as_ref(), entry);
        }
        self.store(taken);
    }
}

fn arrival(entry: &Entry, consumer: &Consumer, plan: &mut Plan, position: i64) -> Arrival {
    if entry.repeated == Repeated::Yes {
        return Arrival::Known;
    }
    match (entry.poison, consumer.spec.poison) {
        (Some((OnPoison::Blocks, mended)), OnPoison::Blocks) => return Arrival::Poison(mended),
        (Some((OnPoison::DeadLetters, at)), OnPoison::DeadLetters) => return Arrival::Poison(at),
        _ => {}
    }
    let twice =
        consumer.spec.inbox == Inbox::Kept && plan.fires(Fault::DuplicateDelivery, position);
    if twice { Arrival::Twice } else { Arrival::Once }
}
