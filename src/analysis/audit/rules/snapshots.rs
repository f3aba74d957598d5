//! Stored snapshots against a replay.

use serde_json::Value;

use super::super::error::AuditError;
use super::super::facts::Facts;
use super::super::proofs::Proofs;
use super::super::report::{Evidence, Severity};
use super::super::rule::Rule;
use crate::analysis::projection::differing;
use crate::analysis::replay::MergeFold;
use crate::analysis::words::many;
use crate::log::{Says, SideKind, Unreadable};
use crate::model::{EventIx, StreamIx, Task};

/// A snapshot that is not what its events come to.
pub(super) const DISAGREES: Rule = Rule {
    name: "snapshot-disagrees",
    severity: Severity::Error,
    title: "Snapshot differs from its events",
    about: "A stored state is not what a replay of the stream comes to at that version. Asked only where most snapshots of the store are what the default fold comes to, since only then this is how the store folds.",
    why: "Who loads the snapshot decides by another state than who replays. The snapshot wins, until somebody deletes it.",
    advice: "Delete the snapshot: it is a cache. Look whether the code that folds was changed without throwing snapshots away.",
    example: "The snapshot of account-77 at v50 has a balance of 90.00; its events come to 80.00.",
    find,
};

/// A snapshot as it is stored.
struct Stored {
    stream: StreamIx,
    version: i64,
    state: Value,
}

fn find(facts: &Facts<'_>, proofs: &mut Proofs<'_>, task: &Task) -> Result<(), AuditError> {
    let log = facts.whole.log;
    let mut stored: Vec<Stored> = Vec::new();
    facts.rows(SideKind::Snapshots, task, &mut |file, says| {
        let Says::Snapshot(row) = says else { return };
        let reached = row.reached.as_ref().and_then(|mark| log.marked(file, mark));
        let named = row
            .stream
            .as_deref()
            .and_then(|name| log.streams().find(name));
        let stream = reached
            .map(|event| log.stream(event))
            .or(named.map(StreamIx));
        let version = row
            .version
            .or_else(|| reached.map(|event| log.version(event)));
        if let (Some(stream), Some(version), Some(state)) = (stream, version, row.state.value()) {
            let version = version.0;
            stored.push(Stored {
                stream,
                version,
                state,
            });
        }
    })?;
    stored.sort_by_key(|snapshot| (snapshot.stream, snapshot.version));
    let (mut agree, mut differ) = (0_usize, Vec::new());
    for of_stream in stored.chunk_by(|a, b| a.stream == b.stream) {
        for (snapshot, event, place) in compared(facts, of_stream, task)? {
            match place {
                None => agree += 1,
                Some(place) => differ.push((snapshot, event, place)),
            }
        }
    }
    if agree <= differ.len() {
        return Ok(());
    }
    for (version, event, place) in differ {
        proofs.other(|proofs| Evidence {
            note: Some(format!("the snapshot at v{version} differs in {place}")),
            ..proofs.of(event)
        });
    }
    proofs.found(|count| {
        let snapshots = many(count, "snapshot differs", "snapshots differ").unwrap_or_default();
        let others = many(agree as u64, "other agrees", "others agree").unwrap_or_default();
        format!("{snapshots} from what a replay comes to; {others} with it.")
    });
    Ok(())
}

/// Of each snapshot of a stream: its version, its last event, and where it differs, if it does. Those
/// whose version is not known are left out.
fn compared(
    facts: &Facts<'_>,
    snapshots: &[Stored],
    task: &Task,
) -> Result<Vec<(i64, EventIx, Option<String>)>, AuditError> {
    let log = facts.whole.log;
    let Some(first) = snapshots.first() else {
        return Ok(Vec::new());
    };
    let own = log.stream_events(first.stream).into_iter();
    let own: Vec<EventIx> = own.filter(|event| facts.knows(*event)).collect();
    let mut found = Vec::new();
    let mut left = snapshots.iter().peekable();
    let (mut fold, mut rewritten) = (MergeFold::new(), false);
    let of = |event: EventIx| {
        log.version_in(event, first.stream)
            .map_or(i64::MIN, |own| own.0)
    };
    facts
        .whole
        .payloads
        .read(log, &own, task, &mut |event, body| {
            match &body {
                Ok(body) => {
                    let kind = log.type_name(log.event_type(event));
                    fold.apply(facts.whole.fold, event, kind, &body.data);
                }
                Err(Unreadable::Damaged(reason)) => fold.miss(event, reason),
                Err(Unreadable::Rewritten) => rewritten = true,
            }
            while let Some(snapshot) = left.next_if(|snapshot| snapshot.version <= of(event)) {
                if snapshot.version == of(event) {
                    let state = fold.tree().to_value();
                    let place = difference(&state, &snapshot.state);
                    found.push((snapshot.version, event, place));
                }
            }
        })?;
    if rewritten {
        return Err(AuditError::Rewritten);
    }
    Ok(found)
}

/// The first place at which two states differ; what is null in one may be missing in the other.
fn difference(one: &Value, two: &Value) -> Option<String> {
    let is_null = |value: &Option<Value>| value.as_ref().is_none_or(Value::is_null);
    let mut all = differing(one, two).into_iter();
    let place = all.find(|place| !is_null(&place.a) || !is_null(&place.b));
    place.map(|place| place.path)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::difference;

    #[test]
    fn numbers_differ_by_their_last_digit() {
        let state = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
        let one = state(r#"{"id": 9007199254740993, "sum": 1.0, "a/b": null}"#);
        let two = state(r#"{"id": 9007199254740992, "sum": 1}"#);
        assert_eq!(difference(&one, &two).as_deref(), Some("/id"));
        assert_eq!(difference(&one, &one), None);
        let missing = state(r#"{"id": 9007199254740993, "sum": 1}"#);
        assert_eq!(difference(&one, &missing), None);
        let slash = json!({ "a/b": 1 });
        assert_eq!(difference(&slash, &json!({})).as_deref(), Some("/a~1b"));
    }
}
