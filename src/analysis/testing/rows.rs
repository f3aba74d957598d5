//! Rows beside the events as a store would give them, for tests: of any kind, and cut down to what was
//! known at a moment.

use proptest::prelude::*;

use crate::log::{
    Checkpoint, CheckpointHistory, DeadLetter, Mark, Marked, OutboxMessage, Payload, Problem,
    Processed, RowPlace, RowSource, RowsError, Saga, Says, Schema, SideKind, SideRow, Snapshot,
};
use crate::model::{Position, Task, Timestamp, Version};

/// Rows as a store would give them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given(pub Vec<(SideKind, Says)>);

impl RowSource for Given {
    fn kinds(&self) -> Vec<SideKind> {
        SideKind::ALL.to_vec()
    }

    fn rows(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(Result<SideRow, Problem>),
    ) -> Result<(), RowsError> {
        let place = RowPlace {
            table: "t".into(),
            row: 1,
        };
        let own = self.0.iter().filter(|(own, _)| *own == kind);
        for (_, says) in own {
            task.check()?;
            each(Ok(SideRow {
                file: 0,
                place: place.clone(),
                says: says.clone(),
            }));
        }
        let message = "it cannot be read".to_owned();
        each(Err(Problem {
            place: "row 9".to_owned(),
            message,
        }));
        Ok(())
    }
}

/// What a store cut at a moment would hold of a row: what is dated by then, and of what was not
/// settled by then nothing that it says of later.
pub(crate) fn cut_short(says: &Says, now: Timestamp) -> Option<Says> {
    let known = |date: &Timestamp| *date <= now;
    says.known_from().filter(known)?;
    let mut says = says.clone();
    if let Says::Outbox(row) = &mut says
        && row.published_at.filter(known).is_none()
    {
        (row.published_at, row.attempts, row.status, row.error) = (None, None, None, None);
    }
    if let Says::DeadLetter(row) = &mut says {
        row.status = None;
    }
    Some(says)
}

/// As [`cut_short`], but that a consumer of which the store keeps a checkpoint is known by its name, and
/// by what it reads, before that was written.
pub(crate) fn cut_or_named(says: &Says, now: Option<Timestamp>) -> Option<Says> {
    let known = now.and_then(|now| cut_short(says, now));
    if let (None, Says::Checkpoint(row)) = (&known, says) {
        return Some(Says::Checkpoint(Checkpoint {
            consumer: row.consumer.clone(),
            partition: row.partition.clone(),
            categories: row.categories.clone(),
            types: row.types.clone(),
            ..Checkpoint::default()
        }));
    }
    known
}

/// Rows about the consumers of a log as `samples` makes it. How a consumer names events is always the
/// same; nobody names one by an id that several have.
pub(crate) fn consumers() -> impl Strategy<Value = Given> {
    let date = || prop::option::weighted(0.9, (0..400_i64).prop_map(second));
    let place = (0..600_i64, 0..12_i64);
    let row = (0..10_u8, 0..3_u8, place, date(), date()).prop_map(
        |(kind, who, (position, version), date, later)| {
            let consumer = format!("consumer-{who}");
            let event = match who {
                0 | 1 => Marked::Position(Position(position)),
                _ => Marked::Version {
                    stream: "Stream-1".to_owned(),
                    version: Version(version),
                },
            };
            let application = None;
            let mark = Some(Mark { application, event });
            about(kind, consumer, mark, date, later)
        },
    );
    let reads = prop::option::of(Just("Stream-even".to_owned()));
    (prop::collection::vec(row, 0..30), reads).prop_map(|(mut rows, reads)| {
        for (_, says) in &mut rows {
            if let Says::Checkpoint(row) = says
                && row.consumer == "consumer-0"
            {
                row.categories = reads.iter().cloned().collect();
            }
        }
        // A table of checkpoints has one of each; and somebody is always there.
        let mut named = std::collections::HashSet::new();
        let shell = Says::Checkpoint(Checkpoint {
            consumer: "nobody".to_owned(),
            ..Checkpoint::default()
        });
        rows.push((SideKind::Checkpoints, shell));
        rows.retain(|(_, says)| match says {
            Says::Checkpoint(row) => named.insert(row.consumer.clone()),
            _ => true,
        });
        Given(rows)
    })
}

/// The same with snapshots and registered schemas.
pub(crate) fn beside() -> impl Strategy<Value = Given> {
    let date = || prop::option::weighted(0.9, (0..400_i64).prop_map(second));
    let row = (prop::bool::ANY, 0..7_u8, 0..12_i64, date()).prop_map(
        |(is_snapshot, of, version, date)| match is_snapshot {
            true => snapshot(of, version, date),
            false => schema(of % 5, date),
        },
    );
    (consumers(), prop::collection::vec(row, 0..6)).prop_map(|(mut given, rows)| {
        given.0.extend(rows);
        given
    })
}

fn snapshot(of: u8, version: i64, date: Option<Timestamp>) -> (SideKind, Says) {
    let row = Snapshot {
        stream: Some(format!("Stream-{of}")),
        version: Some(Version(version)),
        reached: None,
        // What made-up payloads come to, now and then.
        state: Payload::from_text(format!(r#"{{"n": {version}.50, "name": "M\u00fcller 1"}}"#)),
        taken_at: date,
        strategy: None,
    };
    (SideKind::Snapshots, Says::Snapshot(row))
}

fn schema(of: u8, date: Option<Timestamp>) -> (SideKind, Says) {
    let kind = if of.is_multiple_of(2) {
        "string"
    } else {
        "number"
    };
    let row = Schema {
        event_type: Some(format!("Kind{of}")),
        version: None,
        schema: Payload::from_text(format!(
            r#"{{"required": ["n", "by"], "properties": {{"n": {{"type": "{kind}"}}}}}}"#
        )),
        registered_at: date,
    };
    (SideKind::Schemas, Says::Schema(row))
}

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

/// A row of some kind about a consumer, with nothing in it that does not matter.
pub(crate) fn about(
    kind: u8,
    consumer: String,
    mark: Option<Mark>,
    date: Option<Timestamp>,
    later: Option<Timestamp>,
) -> (SideKind, Says) {
    match kind {
        0 => {
            let row = Checkpoint {
                consumer,
                reached: mark,
                updated_at: date,
                ..Checkpoint::default()
            };
            (SideKind::Checkpoints, Says::Checkpoint(row))
        }
        1..=4 => {
            let row = CheckpointHistory {
                consumer,
                partition: None,
                reached: mark,
                at: date,
            };
            (SideKind::CheckpointHistory, Says::CheckpointHistory(row))
        }
        5 => {
            let row = OutboxMessage {
                id: Some(consumer),
                of: mark,
                message_type: None,
                stream: None,
                payload: Payload::Absent,
                created_at: date,
                published_at: later,
                published: None,
                attempts: Some(1),
                status: Some("x".to_owned()),
                error: Some("y".to_owned()),
            };
            (SideKind::Outbox, Says::Outbox(row))
        }
        6 => {
            let row = DeadLetter {
                consumer: Some(consumer),
                of: mark,
                message_type: None,
                payload: Payload::Absent,
                error: Some("y".to_owned()),
                at: date,
                attempts: Some(5),
                status: Some("x".to_owned()),
            };
            (SideKind::DeadLetters, Says::DeadLetter(row))
        }
        7 => {
            let row = Saga {
                saga: Some(consumer),
                saga_type: Some("Shop".to_owned()),
                state: Payload::Absent,
                status: Some("x".to_owned()),
                correlations: vec!["correlation-1".to_owned(), "Stream-2".to_owned()],
                version: Some(1),
                started_at: None,
                ended_at: None,
                updated_at: date,
                error: None,
            };
            (SideKind::Sagas, Says::Saga(row))
        }
        _ => {
            let row = Processed {
                consumer: Some(consumer),
                of: mark,
                processed_at: date,
                attempts: Some(2),
            };
            (SideKind::Processed, Says::Processed(row))
        }
    }
}
