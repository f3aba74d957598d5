//! What was known at a moment of the rows beside the events. A row that is dated later was not there;
//! one without a date is a fact of the head only; and of a row that has changed since, what is not
//! dated is not known.

use crate::analysis::events::Content;
use crate::log::{
    Bound, KnownCheckpoint, Log, Mark, Marked, Payload, RowsError, Says, SideKind, SideRow,
    checkpoints_at,
};
use crate::model::{EventIx, PositionName, Task, Timestamp};
use crate::sql::events::payload_text;
use crate::sql::{Scene, Value};

/// The rows of a table, in the order of its columns.
pub(super) fn rows(
    scene: &Scene,
    kind: SideKind,
    task: &Task,
) -> Result<Vec<Vec<Value>>, RowsError> {
    let moment = Moment { scene };
    if kind == SideKind::Checkpoints {
        return moment.checkpoints(task);
    }
    let mut rows = Vec::new();
    moment.each(kind, task, &mut |row| {
        rows.extend(moment.values(row.file, row.says));
    })?;
    Ok(rows)
}

/// The moment of the question.
struct Moment<'a> {
    scene: &'a Scene,
}

impl Moment<'_> {
    fn log(&self) -> &Log {
        &self.scene.log
    }

    /// Whether all that the store says now holds.
    fn is_head(&self) -> bool {
        self.scene.cut.bound() == Bound::Head
    }

    /// Whether something of that date was known.
    fn knows(&self, date: Option<Timestamp>) -> bool {
        self.scene.cut.knows(self.log(), date)
    }

    /// A date, unless it was still to come.
    fn date(&self, date: Option<Timestamp>) -> Option<Timestamp> {
        date.filter(|_| self.knows(date))
    }

    /// Calls `each` with the rows known at the moment. What cannot be read is no row.
    fn each(
        &self,
        kind: SideKind,
        task: &Task,
        each: &mut dyn FnMut(SideRow),
    ) -> Result<(), RowsError> {
        self.scene.rows.rows(kind, task, &mut |row| {
            let known = row.ok().filter(|row| self.knows(row.says.known_from()));
            known.into_iter().for_each(&mut *each);
        })
    }

    /// The last that was known of each consumer: what its checkpoint says, or else its history.
    fn checkpoints(&self, task: &Task) -> Result<Vec<Vec<Value>>, RowsError> {
        let Scene { log, cut, rows, .. } = self.scene;
        let known = checkpoints_at(&**rows, log, cut, task)?.into_iter();
        let rows = known.map(|KnownCheckpoint { file, checkpoint }| {
            vec![
                Value::Text(checkpoint.consumer),
                text(checkpoint.partition),
                self.position(file, checkpoint.reached.as_ref()),
                self.time(checkpoint.updated_at),
            ]
        });
        Ok(rows.collect())
    }

    /// The values of a row; none of a kind that has no table.
    fn values(&self, file: u32, says: Says) -> Option<Vec<Value>> {
        let position = |mark: &Option<Mark>| self.position(file, mark.as_ref());
        let id = |mark: &Option<Mark>| self.event_id(file, mark.as_ref());
        Some(match says {
            Says::Outbox(row) => {
                let published = self.date(row.published_at);
                // What became of a message later is not known of one that still waits.
                let settled = self.is_head() || published.is_some();
                vec![
                    text(row.id),
                    id(&row.of),
                    text(row.message_type),
                    text(row.stream),
                    self.time(row.created_at),
                    self.time(published),
                    number(row.attempts.filter(|_| settled)),
                    text(row.status.filter(|_| settled)),
                    text(row.error.filter(|_| settled)),
                    payload(row.payload),
                ]
            }
            Says::DeadLetter(row) => vec![
                text(row.consumer),
                id(&row.of),
                position(&row.of),
                text(row.message_type),
                // Why it was given up, and after how many tries, is what the row's date is of.
                text(row.error),
                self.time(row.at),
                number(row.attempts),
                text(row.status.filter(|_| self.is_head())),
                payload(row.payload),
            ],
            Says::Snapshot(row) => {
                let (stream, version) = match row.reached.as_ref().map(|mark| &mark.event) {
                    Some(Marked::Version { stream, version }) => {
                        (Some(stream.clone()), Some(*version))
                    }
                    _ => (None, None),
                };
                vec![
                    text(row.stream.or(stream)),
                    number(row.version.or(version).map(|version| version.0)),
                    position(&row.reached),
                    self.time(row.taken_at),
                    payload(row.state),
                    text(row.strategy),
                ]
            }
            Says::Processed(row) => vec![
                text(row.consumer),
                id(&row.of),
                position(&row.of),
                self.time(row.processed_at),
                number(row.attempts),
            ],
            _ => return None,
        })
    }

    fn time(&self, date: Option<Timestamp>) -> Value {
        text(date.map(|date| date.to_string()))
    }

    /// The event that a mark names, if it was known.
    fn event(&self, file: u32, mark: &Mark) -> Option<EventIx> {
        let event = self.log().marked(file, mark)?;
        self.scene.cut.holds(self.log(), event).then_some(event)
    }

    fn event_id(&self, file: u32, mark: Option<&Mark>) -> Value {
        let id = mark.and_then(|mark| match &mark.event {
            Marked::Id(id) => Some(id.clone()),
            _ => {
                let event = self.event(file, mark)?;
                self.log().event_id(event).map(|id| id.to_string())
            }
        });
        text(id)
    }

    /// The position that a mark names, in the spelling of `events`: also one at which no event is.
    fn position(&self, file: u32, mark: Option<&Mark>) -> Value {
        let name = mark.and_then(|mark| {
            if let Marked::Position(position) = mark.event {
                let own = self.log().marked_file(file, mark).map(|(file, _)| file);
                let source = own.and_then(|file| self.log().sources().get(file as usize));
                let source = source.map(|source| source.name.clone());
                let file = source.or_else(|| mark.application.as_deref().map(Into::into));
                return Some(PositionName { file, position });
            }
            let event = self.event(file, mark)?;
            Some(self.log().position_name(event))
        });
        match name {
            None => Value::Null,
            Some(PositionName {
                file: None,
                position,
            }) => Value::Integer(position.0),
            Some(PositionName {
                file: Some(file),
                position,
            }) => Value::Text(format!("{file}:{}", position.0)),
        }
    }
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

fn number(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Integer)
}

fn payload(payload: Payload) -> Value {
    text(payload_text(&Content::from(payload)))
}
