//! The events that a pair of tables tells of: the beginnings and ends of runs and of their steps, in SQL.

use std::fmt::Write as _;

use super::super::score::normal;
use super::aside;
use super::cast::{Cast, Names};
use super::ends::{end, how, word, words};
use crate::store::layout::sql::quoted;
use crate::store::layout::tables::SqliteFacts;
use crate::store::layout::{Column, Events, Key, OrderBy, Role};

/// So many steps may be gone through for each run where no key leads to them.
const FEW: u64 = 10_000;

/// What columns of steps are called where there are none.
static NOTHING: Names = Names::new();

/// A table of runs and one of their steps.
pub(super) struct Pair<'f> {
    pub runs: Cast<'f>,
    pub steps: Cast<'f>,
    /// Where a run's id is its own only beside its workflow's: the column of that, and in the steps.
    beside: Option<(&'f str, &'f str)>,
    /// The workflow of a row of the runs, in SQL.
    name: String,
    /// Tables of runs that failed: each with the column that names the run.
    failures: Vec<(Cast<'f>, &'f str)>,
}

impl<'f> Pair<'f> {
    pub fn new(runs: Cast<'f>, steps: Cast<'f>, facts: &'f SqliteFacts) -> Self {
        let mut runs = runs;
        let steps_are = &steps.table.name;
        runs.aside = aside::outcomes(&runs, |table| table != steps_are, facts);
        Self {
            failures: Vec::new(),
            beside: beside(&runs, &steps),
            name: match workflow(&runs, facts) {
                Some(workflow) => format!("coalesce({workflow}, {}, 'Run')", runs.named()),
                None => format!("coalesce({}, 'Run')", runs.named()),
            },
            runs,
            steps,
        }
    }

    /// Runs of whose steps nothing is known.
    pub fn alone(runs: Cast<'f>, facts: &'f SqliteFacts) -> Self {
        let steps = Cast::of(runs.table, &NOTHING, &[]);
        // What has no status may have a table of those that failed.
        let failures = match runs.has(&["status"]) {
            true => Vec::new(),
            false => aside::failures(&runs, facts),
        };
        Self {
            beside: None,
            failures,
            ..Self::new(runs, steps, facts)
        }
    }

    /// Whether the steps are events, too.
    pub fn steps_have_times(&self) -> bool {
        self.steps.has(&["started"]) || self.steps.has(&["ended"])
    }

    pub fn run_started(&self) -> Events {
        let kind = format!("{} || ' started'", self.name);
        let mut events = source(&self.runs, kind, self.runs.time("started"));
        self.put(&mut events, Role::Stream, self.stream_of_run());
        self.put(&mut events, Role::Category, self.name.clone());
        self.put(&mut events, Role::Payload, self.runs.at_start());
        // Where runs begin runs, a run's beginning goes by its id.
        if let (Some(parent), None) = (self.runs.parent(), self.beside) {
            self.put(&mut events, Role::EventId, self.runs.sql("id"));
            self.put(&mut events, Role::CausationId, quoted(parent));
        }
        self.of_correlation(events)
    }

    /// The same with what the run says it came of.
    fn of_correlation(&self, mut events: Events) -> Events {
        if let Some(column) = self.runs.correlation() {
            self.put(&mut events, Role::CorrelationId, quoted(column));
        }
        events
    }

    /// The ends of runs that stand in tables of those that failed.
    pub fn runs_failed(&self) -> impl Iterator<Item = Events> + '_ {
        self.failures.iter().map(|(failed, run)| {
            let own = format!("{}.{}", quoted(&failed.table.name), quoted(run));
            let runs = quoted(&self.runs.table.name);
            let of_run = |sql: &str| {
                let id = self.runs.sql("id");
                format!("(SELECT {sql} FROM {runs} WHERE {runs}.{id} = {own})")
            };
            let kind = format!("coalesce({}, 'Run') || ' failed'", of_run(&self.name));
            let mut events = source(failed, kind, failed.time("started"));
            self.put(&mut events, Role::Stream, own.clone());
            self.put(&mut events, Role::Category, of_run(&self.name));
            self.put(&mut events, Role::Payload, failed.at_end());
            if let Some(column) = self.runs.correlation() {
                self.put(&mut events, Role::CorrelationId, of_run(&quoted(column)));
            }
            events
        })
    }

    pub fn run_ended(&self) -> Events {
        let status = word(&self.runs);
        let kind = format!("{} || {}", self.name, how(&status, "' ended'"));
        let time = end(&self.runs).map(|time| self.not_before_steps(time));
        let mut events = source(&self.runs, kind, time);
        let silent = !self.runs.has(&["status"]) || !self.runs.has_known_status();
        let ended = match silent && self.runs.tells_its_end() {
            true => format!("{} IS NOT NULL", self.runs.sql("ended")),
            false => format!("{status} IN ({})", words(None)),
        };
        narrow(&mut events, &ended);
        self.put(&mut events, Role::Stream, self.stream_of_run());
        self.put(&mut events, Role::Category, self.name.clone());
        self.put(&mut events, Role::Payload, self.runs.at_end());
        self.of_correlation(events)
    }

    pub fn step_started(&self) -> Events {
        let kind = format!("{} || ' started'", self.step());
        let mut events = source(&self.steps, kind, self.steps.time("started"));
        if self.steps.has(&["input"]) {
            let payload = format!("json_patch('{{}}', {})", self.steps.input());
            self.put(&mut events, Role::Payload, payload);
        }
        self.of_step(events)
    }

    pub fn step_ended(&self) -> Events {
        let status = word(&self.steps);
        let failed = format!("nullif({}, '') IS NOT NULL", self.steps.sql("error"));
        // What was undone later had been done.
        let kind = format!(
            "{} || CASE WHEN {failed} OR {status} IN ({}) THEN ' failed' WHEN {status} IN ({}) \
             THEN ' cancelled' ELSE ' completed' END",
            self.step(),
            words(Some("failed")),
            words(Some("cancelled")),
        );
        let mut events = source(&self.steps, kind, end(&self.steps));
        if !self.steps.tells_its_end() && self.steps.has(&["status"]) {
            narrow(&mut events, &format!("{status} IN ({})", words(None)));
        }
        self.put(&mut events, Role::Payload, self.steps.at_end());
        self.of_step(events)
    }

    pub fn step_undone(&self) -> Events {
        let kind = format!("{} || ' compensated'", self.step());
        self.of_step(source(&self.steps, kind, self.steps.time("undone")))
    }

    /// What a step is called.
    fn step(&self) -> String {
        format!("coalesce({}, 'Step')", self.steps.named())
    }

    fn put(&self, events: &mut Events, role: Role, sql: String) {
        events.columns.insert(role, Column::sql(sql));
    }

    /// A step's event is one of its run, and of that one's category.
    fn of_step(&self, mut events: Events) -> Events {
        let own = |column: &str| format!("{}.{}", quoted(&self.steps.table.name), quoted(column));
        let run = self.steps.column("run").unwrap_or_default();
        let runs = quoted(&self.runs.table.name);
        let mut same = format!("{runs}.{} = {}", self.runs.sql("id"), own(run));
        let mut stream = quoted(run);
        if let Some((workflow, in_steps)) = self.beside {
            // Writing to a string cannot fail.
            let _ = write!(same, " AND {runs}.{} = {}", quoted(workflow), own(in_steps));
            stream = format!("{} || '/' || {stream}", quoted(in_steps));
        }
        let category = format!("(SELECT {} FROM {runs} WHERE {same})", self.name);
        if let Some(column) = self.runs.correlation() {
            let sql = format!("(SELECT {} FROM {runs} WHERE {same})", quoted(column));
            self.put(&mut events, Role::CorrelationId, sql);
        }
        self.put(&mut events, Role::Stream, stream);
        self.put(&mut events, Role::Category, category);
        let number = format!("json_object('step', {})", self.steps.sql("number"));
        self.put(&mut events, Role::Metadata, number);
        events
    }

    fn stream_of_run(&self) -> String {
        let id = self.runs.sql("id");
        match self.beside {
            Some((workflow, _)) => format!("{} || '/' || {id}", quoted(workflow)),
            None => id,
        }
    }

    /// A run's end, which libraries write in whole seconds, some of them: where that is the second of
    /// its last step's end, it is not before it.
    fn not_before_steps(&self, time: String) -> String {
        let Some(of_step) = end(&self.steps) else {
            return time;
        };
        let run = self.steps.column("run").unwrap_or_default();
        let leads = self.steps.table.key.first();
        let quick = leads.is_some_and(|column| column.eq_ignore_ascii_case(run));
        if !quick && self.steps.table.rows > FEW {
            return time;
        }
        let (runs, steps) = (&self.runs.table.name, &self.steps.table.name);
        let mut same = format!(
            "s.{} = {}.{}",
            quoted(run),
            quoted(runs),
            self.runs.sql("id")
        );
        if let Some((workflow, in_steps)) = self.beside {
            let _ = write!(
                same,
                " AND s.{} = {}.{}",
                quoted(in_steps),
                quoted(runs),
                quoted(workflow)
            );
        }
        let last = format!(
            "(SELECT max({of_step}) FROM {} s WHERE {same})",
            quoted(steps)
        );
        let time = format!("({time})");
        if self.runs.is_in_millis("started") && self.steps.is_in_millis("ended") {
            return format!(
                "iif({time} % 1000 = 0 AND {last} / 1000 = {time} / 1000, {last}, {time})"
            );
        }
        if self.runs.is_in_words("started") && self.steps.is_in_words("ended") {
            return format!(
                "iif(length({time}) < length({last}) AND substr({last}, 1, 19) = substr({time}, 1, 19), {last}, {time})"
            );
        }
        time
    }
}

/// The column by which a run's id is its own, where it is not by itself: it stands in both tables, and
/// the id is no key.
fn beside<'f>(runs: &Cast<'f>, steps: &Cast<'f>) -> Option<(&'f str, &'f str)> {
    let id = runs.column("id")?;
    let name = runs.column("name")?;
    let is_key =
        |column: &String| column.eq_ignore_ascii_case(id) || says_the_same(runs, column, id);
    if runs.table.key.is_empty() || runs.table.key.iter().all(is_key) {
        return None;
    }
    let mut columns = steps
        .table
        .columns
        .iter()
        .map(|(column, _)| column.as_str());
    let same = columns.find(|column| normal(column) == normal(name))?;
    Some((name, same))
}

/// Whether two columns of the runs have the same value in every row that was looked at.
fn says_the_same(runs: &Cast<'_>, one: &str, other: &str) -> bool {
    let places = runs.table.column(one).zip(runs.table.column(other));
    let sample = &runs.table.sample;
    places.is_some_and(|(one, other)| {
        !sample.is_empty() && sample.iter().all(|row| row.get(one) == row.get(other))
    })
}

/// What a run's workflow is called in a table of workflows, where there is one.
fn workflow(runs: &Cast<'_>, facts: &SqliteFacts) -> Option<String> {
    for (column, _) in &runs.table.columns {
        let own = normal(column);
        let Some(stem) = own.strip_suffix("id").filter(|stem| !stem.is_empty()) else {
            continue;
        };
        // A status is no workflow, in whichever table its words are.
        if matches!(stem, "state" | "status") {
            continue;
        }
        let is_of = |name: &str| {
            let name = normal(name);
            let name = name.strip_suffix("entity").unwrap_or(&name);
            let prefixed = stem.len() > LONG_STEM && name.ends_with(stem);
            name == stem || name.strip_suffix('s') == Some(stem) || prefixed
        };
        let named = (facts.tables.iter()).find(|table| is_of(&table.name) && !table.is_view);
        let Some(table) = named else { continue };
        if table.name == runs.table.name {
            continue;
        }
        let key = ["id", column.as_str()]
            .into_iter()
            .find(|key| table.column(key).is_some());
        let own = table.columns.iter().map(|(name, _)| name.as_str());
        let named = ["name", "jobname", "workflowname", "title"];
        let mut named =
            (named.iter()).filter_map(|name| own.clone().find(|own| normal(own) == *name));
        if let (Some(key), Some(name)) = (key, named.next()) {
            return Some(format!(
                "(SELECT n.{} FROM {} n WHERE n.{} = {}.{})",
                quoted(name),
                quoted(&table.name),
                quoted(key),
                quoted(&runs.table.name),
                quoted(column)
            ));
        }
    }
    None
}

/// From so many letters on what a column refers to may have something before its name: `JOB_INSTANCE_ID`
/// and `BATCH_JOB_INSTANCE`.
const LONG_STEM: usize = 8;

/// A source of which each row is an event.
fn source(cast: &Cast<'_>, kind: String, time: Option<String>) -> Events {
    let mut events = Events {
        from: quoted(&cast.table.name),
        // In the order of their rows, of which any may change.
        key: Some(Key::Columns(vec!["rowid".to_owned()])),
        order: OrderBy::Time,
        ..Events::default()
    };
    events.columns.insert(Role::Type, Column::sql(kind));
    if let Some(time) = time {
        events.filter = Some(format!("{time} IS NOT NULL"));
        events.columns.insert(Role::RecordedAt, Column::sql(time));
    }
    events
}

fn narrow(events: &mut Events, condition: &str) {
    events.filter = Some(match events.filter.take() {
        Some(filter) => format!("{filter} AND {condition}"),
        None => condition.to_owned(),
    });
}
