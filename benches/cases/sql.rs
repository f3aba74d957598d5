//! Statements of SQL over the virtual tables, beside the same over the file by the `sqlite3` tool.

use std::sync::Arc;

use asof::log::NoRows;
use asof::sql::{Most, Scene, Value, ask};

use super::Ready;
use crate::data::{self, Failure};
use crate::run::Case;

const MOST: Most = Most {
    rows: 10_000,
    bytes: 64 << 20,
};

/// Counting, going through columns, looking into payloads, and looking up.
pub fn statements(ready: &Ready) -> Vec<Case<'_>> {
    let scene = Arc::new(Scene {
        log: ready.log.clone(),
        cut: ready.log.at_head(),
        payloads: Arc::clone(&ready.payloads),
        rows: Arc::new(NoRows),
    });
    let hot = data::HOT_STREAM;
    let all = [
        ("SQL: events", "select count(*) from events".to_owned()),
        (
            "SQL: events by type",
            "select count(*) from (select type, count(*) from events group by type)".to_owned(),
        ),
        (
            "SQL: times and ids",
            "select count(recorded_at) + count(id) from events".to_owned(),
        ),
        (
            "SQL: length of all payloads",
            "select sum(length(data)) from events".to_owned(),
        ),
        (
            "SQL: payloads of one stream",
            format!("select count(data) from events where stream = '{hot}'"),
        ),
        (
            "SQL: the last ten",
            "select count(*) from (select data from events order by position desc limit 10)"
                .to_owned(),
        ),
    ];
    let cases = all.into_iter().map(|(what, sql)| {
        let scene = Arc::clone(&scene);
        Case::new(what, move |_| counted(&scene, &sql, ready))
    });
    cases.collect()
}

fn counted(scene: &Scene, sql: &str, ready: &Ready) -> Result<u64, Failure> {
    let answer = ask(scene, sql, MOST, &ready.task)?;
    match answer.rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(count)) => Ok(u64::try_from(*count)?),
        other => Err(format!("{other:?} is no count").into()),
    }
}
