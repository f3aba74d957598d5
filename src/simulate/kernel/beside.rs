//! What goes wrong beside the log: with consumers and the relay at the times that the plan has for
//! them, with snapshots, and with rows of the read model. And what can only be told at the end.

use std::time::Duration;

use serde_json::Value;

use super::consumer::{Inbox, Pause, Rewind, Role, Source};
use super::event::Stream;
use super::snapshots::Taken;
use super::standing::Regime;
use super::system::System;
use super::view::Written;
use crate::model::Timestamp;
use crate::simulate::fault::{Fault, Slot};
use crate::simulate::output::{Row, Table};
use crate::simulate::truth::Finding;

impl System {
    /// Gives the stretches of time, those of the story and those of the plan, to those to whom they
    /// happen.
    pub(super) fn schedule(&mut self) {
        for interruption in self.world.interruptions.clone() {
            let pause = Pause {
                from: interruption.when.start,
                to: interruption.when.end,
                regime: interruption.regime,
                fault: None,
            };
            let mut consumers = self.consumers.iter_mut();
            if let Some(consumer) = consumers.find(|c| c.spec.name == interruption.consumer) {
                consumer.pause(pause);
            }
        }
        for slot in self.plan.slots().to_vec() {
            self.occupy(slot);
        }
    }

    fn occupy(&mut self, Slot { fault, when }: Slot) {
        let (from, to) = (when.start, when.end);
        match fault {
            Fault::RelayOutage => {
                self.relay.fail(when);
                for consumer in &mut self.consumers {
                    if consumer.spec.from == Source::Broker {
                        consumer.standing.expect(Regime::Stopped, from, to);
                    }
                }
            }
            Fault::PoisonBlocks => self.poison.push_back((from, to)),
            Fault::ConsumerRewound => {
                let lasts = to.micros() - from.micros();
                let lasts = Duration::from_micros(lasts.unsigned_abs());
                if let Some(consumer) = self.observer(Some(Inbox::None)) {
                    self.consumers[consumer].rewind(Rewind { at: from, lasts });
                }
            }
            _ => {
                let regime = match fault {
                    Fault::ConsumerStalled => Regime::Stalled,
                    _ => Regime::Stopped,
                };
                if let Some(at) = self.observer(None) {
                    self.consumers[at].pause(Pause {
                        from,
                        to,
                        regime,
                        fault: Some(fault),
                    });
                }
            }
        }
    }

    /// One of the consumers that nothing waits for.
    fn observer(&mut self, inbox: Option<Inbox>) -> Option<usize> {
        let fits = |at: &usize| {
            let spec = self.consumers[*at].spec;
            spec.role == Role::Observer && inbox.is_none_or(|inbox| spec.inbox == inbox)
        };
        let observers: Vec<usize> = (0..self.consumers.len()).filter(fits).collect();
        let pick = self.dice.below(observers.len() as u64) as usize;
        observers.get(pick).copied()
    }

    /// Stores a snapshot, or something else in its place.
    pub(super) fn store(&mut self, taken: Option<Taken>) {
        let Some(mut taken) = taken else { return };
        if self.out.wants(Table::Snapshots)
            && self.plan.fires(Fault::SnapshotDisagrees, self.position)
        {
            match tampered(&mut taken) {
                Some(detail) => self.inject(Finding {
                    stream: Some(taken.stream),
                    version: Some(taken.version),
                    detail: Some(detail),
                    ..Finding::named(Fault::SnapshotDisagrees.name())
                }),
                None => self.plan.give_back(Fault::SnapshotDisagrees, self.position),
            }
        }
        self.out.row(Row::Snapshot(taken));
    }

    /// Writes a row of the read model, or what it was before its last change.
    pub(super) fn write_row(&mut self, row: Written, missed: Option<Vec<Value>>) {
        let Written { key, cells, .. } = row;
        if let Some(missed) = &missed {
            let columns = self.world.view.columns.iter().enumerate();
            let differ = columns.filter(|(at, _)| missed[*at] != cells[*at]);
            let finding = Finding {
                key: Some(key.clone()),
                columns: differ.map(|(_, column)| column.name).collect(),
                ..Finding::named(Fault::ReadModelDrift.name())
            };
            self.inject(finding);
        }
        self.out.row(Row::View(key, missed.unwrap_or(cells)));
    }

    /// Tells what was not known, or had not come true, before the end.
    pub(super) fn confess(&mut self, end: Timestamp) {
        let outages = self.relay.outages().map(|outage| {
            let finding = Finding::named(Fault::RelayOutage.name());
            finding.during(outage.start, outage.end)
        });
        let mut findings: Vec<Finding> = outages.collect();
        for consumer in &self.consumers {
            let pauses = consumer.felt();
            findings.extend(pauses.filter_map(|pause| {
                let finding = Finding::named(pause.fault?.name());
                Some(Finding {
                    consumer: Some(consumer.spec.name),
                    ..finding.during(pause.from, pause.to)
                })
            }));
        }
        for consumer in &self.consumers {
            let named = |fault: Fault| Finding {
                consumer: Some(consumer.spec.name),
                ..Finding::named(fault.name())
            };
            let standing = &consumer.standing;
            let told = |fault, list: &[_]| -> Vec<Finding> {
                let of = |(id, position): &_| Finding {
                    ids: vec![*id],
                    ..named(fault).at([*position])
                };
                list.iter().map(of).collect()
            };
            findings.extend(told(Fault::DuplicateDelivery, standing.twice()));
            findings.extend(told(Fault::PoisonDeadLetter, standing.dead()));
            let blocked = standing.blocked().filter(|(_, from, _)| *from < end);
            findings.extend(blocked.map(|(position, from, to)| {
                named(Fault::PoisonBlocks).at([position]).during(from, to)
            }));
            let back = standing.rewinds().iter().filter(|(at, ..)| *at < end);
            findings.extend(back.map(|(at, from, to)| {
                named(Fault::ConsumerRewound)
                    .at([*from, *to])
                    .during(*at, *at)
            }));
        }
        for (service, micros) in self.plan.skews() {
            findings.push(Finding {
                service: Some(service),
                skew_ms: Some(micros / 1000),
                ..Finding::named(Fault::ClockSkew.name())
            });
        }
        self.confess_streams(&mut findings);
        for finding in findings {
            self.inject(finding);
        }
    }

    fn confess_streams(&mut self, findings: &mut Vec<Finding>) {
        for nth in 1..=u64::from(self.plan.unbounded()) {
            let stream = Stream::numbered("activity", nth);
            let count = self.version(stream).unsigned_abs();
            if count > 0 {
                findings.push(Finding {
                    stream: Some(stream),
                    count: Some(count),
                    ..Finding::named(Fault::UnboundedStream.name())
                });
            }
        }
        if self.broken > 0 {
            let (kind, field) = self.world.breaking;
            findings.push(Finding {
                types: vec![kind],
                count: Some(self.broken),
                from: self.plan.broken_from(),
                detail: Some(format!("/{field} is a text instead of a number")),
                ..Finding::named(Fault::BreakingSchemaChange.name())
            });
        }
        let mut orphans: Vec<Finding> = self
            .promised
            .drain()
            .map(|(_, (_, finding))| finding)
            .collect();
        orphans.sort_by(|a, b| a.positions.cmp(&b.positions));
        for finding in orphans {
            self.orphaned(finding);
        }
    }
}

/// Makes a snapshot say something else; what it should have said.
fn tampered(taken: &mut Taken) -> Option<String> {
    let (key, value) = taken.state.iter_mut().rev().find(|(_, value)| {
        matches!(value, Value::String(text) if !text.is_empty()) || value.is_number()
    })?;
    let should = value.to_string();
    *value = match value {
        Value::String(text) => Value::String(format!("{text} (old)")),
        _ => Value::from(-1),
    };
    Some(format!("/{key} should be {should}"))
}
