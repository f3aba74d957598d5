//! Which questions about the past would be answered otherwise: some streams, folded from all events and from
//! those that are kept.

use serde_json::Value;

use super::kept::Kept;
use super::report::{Question, Questions};
use super::{Compacted, CompactionError};
use crate::analysis::bodies::BodiesError;
use crate::analysis::replay::MergeFold;
use crate::analysis::scan;
use crate::log::{Body, Unreadable};
use crate::model::json::pointer;
use crate::model::{EventIx, StreamIx, Task};

/// Streams that are looked at, from all over the store, and the most events of one.
const STREAMS: usize = 200;
const EVENTS: usize = 2_000;
/// Examples of each kind.
const EXAMPLES: usize = 3;

pub(super) fn changed(
    of: Compacted<'_>,
    kept: &Kept,
    task: &Task,
) -> Result<Questions, CompactionError> {
    let log = of.whole.log;
    let mut questions = Questions::default();
    let (mut now, mut then) = (Vec::new(), Vec::new());
    let known = known_streams(of, task)?;
    questions.of_streams = known.len() as u64;
    let step = known.len().div_ceil(STREAMS).max(1);
    for stream in known.into_iter().step_by(step) {
        task.check()?;
        let mut own = log.stream_events(stream);
        own.retain(|event| log.stream(*event) == stream && of.whole.cut.holds(log, *event));
        if own.len() > EVENTS {
            continue;
        }
        let Some(middle) = own.get((own.len().max(1) - 1) / 2).copied() else {
            continue;
        };
        let [all, left, all_then, left_then] = folded(of, kept, &own, middle, task)?;
        // What cannot be folded answers nothing either way.
        if all.is_null() {
            continue;
        }
        questions.streams += 1;
        let name = log.stream_name(stream).to_owned();
        if let Some((field, before, after)) = difference(&name, &all, &left) {
            questions.now += 1;
            now.push(Question {
                question: format!("What is {} of {name} now?", pointer::spoken(&field)),
                stream: name.clone(),
                at: None,
                field,
                before,
                after,
            });
        }
        if let Some((field, before, after)) = difference(&name, &all_then, &left_then) {
            questions.then += 1;
            then.push(Question {
                question: format!(
                    "What was {} of {name} after {}?",
                    pointer::spoken(&field),
                    log.position_name(middle)
                ),
                stream: name,
                at: log.own_time(middle, of.whole.cut.clock()),
                field,
                before,
                after,
            });
        }
    }
    now.truncate(EXAMPLES);
    then.truncate(EXAMPLES);
    now.extend(then);
    questions.examples = now;
    Ok(questions)
}

/// The streams that are known, in the order of their first events.
fn known_streams(of: Compacted<'_>, task: &Task) -> Result<Vec<StreamIx>, CompactionError> {
    let log = of.whole.log;
    let mut known = Vec::new();
    let mut is_known = vec![false; log.streams().len()];
    scan::known(
        log,
        &of.whole.cut,
        0..of.whole.cut.outside().0,
        task,
        |run| {
            for stream in run.streams() {
                if !std::mem::replace(&mut is_known[*stream as usize], true) {
                    known.push(StreamIx(*stream));
                }
            }
        },
    )?;
    Ok(known)
}

/// The state of a stream at the head and after its middle, each from all events and from those kept.
fn folded(
    of: Compacted<'_>,
    kept: &Kept,
    own: &[EventIx],
    middle: EventIx,
    task: &Task,
) -> Result<[Value; 4], CompactionError> {
    let log = of.whole.log;
    let (mut all, mut left) = (MergeFold::new(), MergeFold::new());
    let (mut all_then, mut left_then) = (Value::Null, Value::Null);
    let mut rewritten = false;
    let mut each = |event: EventIx, body: Result<Body, Unreadable>| {
        rewritten |= matches!(body, Err(Unreadable::Rewritten));
        if let Ok(body) = body {
            let kind = log.type_name(log.event_type(event));
            all.apply(of.whole.fold, event, kind, &body.data);
            if kept.is(event) {
                left.apply(of.whole.fold, event, kind, &body.data);
            }
        }
        if event == middle {
            (all_then, left_then) = (all.tree().to_value(), left.tree().to_value());
        }
    };
    of.whole.shown.read(log, own, task, &mut each)?;
    match rewritten {
        true => Err(BodiesError::Rewritten.into()),
        false => Ok([
            all.tree().to_value(),
            left.tree().to_value(),
            all_then,
            left_then,
        ]),
    }
}

/// The first field in which two states differ that is more than an object, with both values; rather one that
/// says more than the name of the stream.
fn difference(name: &str, all: &Value, left: &Value) -> Option<(String, Value, Value)> {
    let nothing = Value::Null;
    let (mut path, mut all, mut left) = (String::new(), all, left);
    while let Value::Object(members) = all {
        let differs = |(key, value): &(&String, &Value)| left.get(key) != Some(*value);
        let tells =
            |(_, value): &(&String, &Value)| value.as_str().is_none_or(|text| !name.contains(text));
        let telling = || members.iter().filter(differs).filter(tells);
        // A number is what people ask for; a text may be the name of a class.
        let number = telling().find(|(_, value)| value.is_number() || value.is_object());
        let first = || members.iter().find(differs);
        let Some((key, value)) = number.or_else(|| telling().next()).or_else(first) else {
            break;
        };
        pointer::push(&mut path, key);
        (all, left) = (value, left.get(key).unwrap_or(&nothing));
    }
    (!path.is_empty() && all != left).then(|| (path, all.clone(), left.clone()))
}
