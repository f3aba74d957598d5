//! Tables of workflow engines: one of runs, one of their steps. A run is a stream, and what its rows say
//! of beginnings and ends are its events: a mapping like any other, so that nothing else has to know.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

use super::score::normal;
use crate::store::layout::evidence::Candidate;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::{SqliteFacts, TableFacts};
use crate::store::layout::{Column, Events, Key, Layout, Medium, OrderBy, Role};

/// How sure: below what is known to be events, above most of what only looks like them.
const CONFIDENCE: u8 = 66;

#[derive(Debug, Default, Deserialize)]
struct Words {
    run: BTreeMap<String, Vec<String>>,
    step: BTreeMap<String, Vec<String>>,
    ended: BTreeMap<String, Vec<String>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/workflows.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// A table whose columns play parts.
struct Cast<'f> {
    table: &'f TableFacts,
    parts: BTreeMap<&'static str, &'f str>,
}

impl<'f> Cast<'f> {
    /// Gives each part the column whose name comes first in its list; a column plays one part.
    fn of(table: &'f TableFacts, names: &'static BTreeMap<String, Vec<String>>) -> Self {
        let mut offers: Vec<(usize, &'static str, &'f str)> = Vec::new();
        for (part, names) in names {
            for (column, _) in &table.columns {
                let rank = names.iter().position(|name| *name == normal(column));
                offers.extend(rank.map(|rank| (rank, part.as_str(), column.as_str())));
            }
        }
        offers.sort_unstable();
        let mut parts: BTreeMap<&'static str, &'f str> = BTreeMap::new();
        for (_, part, column) in offers {
            if !parts.contains_key(part) && !parts.values().any(|taken| *taken == column) {
                parts.insert(part, column);
            }
        }
        Self { table, parts }
    }

    fn has(&self, parts: &[&str]) -> bool {
        parts.iter().all(|part| self.parts.contains_key(part))
    }

    /// The column, quoted; `NULL` where there is none.
    fn sql(&self, part: &str) -> String {
        (self.parts.get(part)).map_or_else(|| "NULL".to_owned(), |column| quoted(column))
    }

    /// The sampled values of a part.
    fn values(&self, part: &str) -> Vec<&'f str> {
        let at = self
            .parts
            .get(part)
            .and_then(|column| self.table.column(column));
        let rows = self.table.sample.iter();
        rows.filter_map(|row| row.get(at?)?.as_deref()).collect()
    }
}

/// The runs and steps of a file, as a mapping.
pub(in crate::store::layout) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    let tables = || {
        facts
            .tables
            .iter()
            .filter(|table| !table.is_view && table.has_rowid)
    };
    let runs = tables().map(|table| Cast::of(table, &WORDS.run));
    let runs: Vec<Cast<'_>> = runs
        .filter(|runs| runs.has(&["id", "status", "started"]))
        .collect();
    let steps = tables().map(|table| Cast::of(table, &WORDS.step));
    let steps = steps.filter(|steps| steps.has(&["run", "name"]));
    let steps: Vec<Cast<'_>> = steps
        .filter(|steps| steps.has(&["started"]) || steps.has(&["ended"]))
        .collect();
    let pairs = runs
        .iter()
        .flat_map(|runs| steps.iter().map(move |steps| (runs, steps)));
    let mut pairs = pairs.filter(|(runs, steps)| belong_together(runs, steps));
    let (runs, steps) = pairs.next()?;
    Some(Candidate {
        layout: layout(runs, steps),
        confidence: CONFIDENCE,
        reasons: vec![(
            format!(
                "`{}` reads like runs of workflows, `{}` like their steps",
                runs.table.name, steps.table.name
            ),
            u32::from(CONFIDENCE),
        )],
        alike: Vec::new(),
    })
}

/// Whether the steps are steps of these runs: by what the runs' ids are called, and by some of them.
fn belong_together(runs: &Cast<'_>, steps: &Cast<'_>) -> bool {
    if runs.table.name == steps.table.name {
        return false;
    }
    let (id, run) = (normal(runs.parts["id"]), normal(steps.parts["run"]));
    let table = normal(&runs.table.name);
    let singular = table.strip_suffix('s').unwrap_or(&table);
    let named = id == run || run == format!("{singular}{id}") || matches!(&*id, "id" | "uuid");
    let ids = runs.values("id");
    let values = steps.values("run");
    let known = values.iter().filter(|value| ids.contains(value)).count();
    // Of many runs the sample has but some.
    let enough = runs.table.rows > ids.len() as u64 || known * 2 >= values.len();
    named && enough && (known > 0 || values.is_empty() || ids.is_empty())
}

fn layout(runs: &Cast<'_>, steps: &Cast<'_>) -> Layout {
    let mut first = run_started(runs);
    first.further = vec![
        step_started(runs, steps),
        step_ended(runs, steps),
        run_ended(runs),
    ];
    // Of tables without such times there is nothing to tell.
    first
        .further
        .retain(|source| source.column(Role::RecordedAt).is_some());
    Layout {
        id: "workflow-tables".to_owned(),
        name: "Workflow runs and steps".to_owned(),
        medium: Medium::Sqlite,
        notes: "Guessed: a run is a stream, and the times in its row and in those of its steps are its \
                events. Rows are written over as runs go on, so that what they said before is not known."
            .to_owned(),
        about: None,
        evidence: Vec::new(),
        events: first,
        lookup: BTreeMap::new(),
        side: BTreeMap::new(),
        odd: Vec::new(),
    }
}

/// A source of which each row is an event of the run `stream`.
fn source(cast: &Cast<'_>, stream: String, kind: String, time: &str) -> Events {
    let mut events = Events {
        from: quoted(&cast.table.name),
        // In the order of their rows, of which any may change.
        key: Some(Key::Columns(vec!["rowid".to_owned()])),
        order: OrderBy::Time,
        ..Events::default()
    };
    let mut set = |role, sql| events.columns.insert(role, Column::sql(sql));
    set(Role::Stream, stream);
    set(Role::Type, kind);
    if let Some(column) = cast.parts.get(time) {
        set(Role::RecordedAt, quoted(column));
        events.filter = Some(format!("{} IS NOT NULL", quoted(column)));
    }
    events
}

fn run_name(runs: &Cast<'_>) -> String {
    format!("coalesce({}, 'Run')", runs.sql("name"))
}

fn run_started(runs: &Cast<'_>) -> Events {
    let name = run_name(runs);
    let kind = format!("{name} || ' started'");
    let mut events = source(runs, runs.sql("id"), kind, "started");
    events.columns.insert(Role::Category, Column::sql(name));
    let payload = "json_patch('{}', {rest})".to_owned();
    events.columns.insert(Role::Payload, Column::sql(payload));
    events
}

fn run_ended(runs: &Cast<'_>) -> Events {
    let name = run_name(runs);
    let status = format!(
        "replace(replace(lower({}), '_', ''), ' ', '')",
        runs.sql("status")
    );
    let mut kind = format!("{name} || CASE");
    let mut ends = Vec::new();
    for (how, words) in &WORDS.ended {
        let words: Vec<String> = words.iter().map(|word| literal(word)).collect();
        let words = words.join(", ");
        // Writing to a string cannot fail.
        let _ = write!(kind, " WHEN {status} IN ({words}) THEN ' {how}'");
        ends.push(words);
    }
    kind.push_str(" END");
    let mut events = source(runs, runs.sql("id"), kind, "ended");
    let filter = events.filter.take().unwrap_or_else(|| "1".to_owned());
    events.filter = Some(format!("{filter} AND {status} IN ({})", ends.join(", ")));
    events.columns.insert(Role::Category, Column::sql(name));
    events
        .columns
        .insert(Role::Payload, Column::sql(outcome(runs)));
    events
}

fn step_started(runs: &Cast<'_>, steps: &Cast<'_>) -> Events {
    let kind = format!("{} || ' started'", steps.sql("name"));
    of_step(
        runs,
        source(steps, steps.sql("run"), kind, "started"),
        steps,
    )
}

fn step_ended(runs: &Cast<'_>, steps: &Cast<'_>) -> Events {
    let failed = WORDS.ended.get("failed").into_iter().flatten();
    let failed: Vec<String> = failed.map(|word| literal(word)).collect();
    let kind = format!(
        "{} || iif({} IS NOT NULL OR lower({}) IN ({}), ' failed', ' completed')",
        steps.sql("name"),
        steps.sql("error"),
        steps.sql("status"),
        failed.join(", ")
    );
    let mut events = source(steps, steps.sql("run"), kind, "ended");
    events
        .columns
        .insert(Role::Payload, Column::sql(outcome(steps)));
    of_step(runs, events, steps)
}

/// A step's event is one of its run's category.
fn of_step(runs: &Cast<'_>, mut events: Events, steps: &Cast<'_>) -> Events {
    let category = format!(
        "(SELECT coalesce(r.{}, 'Run') FROM {} r WHERE r.{} = {}.{})",
        runs.parts
            .get("name")
            .map_or_else(|| runs.sql("id"), |name| quoted(name)),
        quoted(&runs.table.name),
        runs.sql("id"),
        quoted(&steps.table.name),
        steps.sql("run"),
    );
    events.columns.insert(Role::Category, Column::sql(category));
    let metadata = format!("json_object('step', {})", steps.sql("number"));
    events.columns.insert(Role::Metadata, Column::sql(metadata));
    events
}

/// What came of it.
fn outcome(cast: &Cast<'_>) -> String {
    let part = |part: &str| {
        let sql = cast.sql(part);
        format!("iif(json_valid({sql}), json({sql}), json_quote(CAST({sql} AS TEXT)))")
    };
    format!(
        "json_patch('{{}}', json_object('output', json({}), 'error', json({})))",
        part("output"),
        part("error")
    )
}
