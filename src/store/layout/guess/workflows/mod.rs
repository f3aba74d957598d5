//! Tables of workflow engines: one of runs, one of their steps. A run is a stream, and what its rows say
//! of beginnings and ends are its events: a mapping like any other, so that nothing else has to know.

mod aside;
mod cast;
mod ends;
mod sources;

use std::collections::{BTreeMap, BTreeSet};

use cast::{Cast, WORDS};
use sources::Pair;

use super::score::normal;
use crate::store::layout::evidence::Candidate;
use crate::store::layout::tables::{SqliteFacts, TableFacts};
use crate::store::layout::{Layout, Medium, Role};

/// How sure where the tables are called after workflows: below what is known to be events, above most
/// of what only looks like them.
const CONFIDENCE: u8 = 66;

/// How sure where they are not, or where nothing tells when steps were done.
const UNSURE: u8 = 48;

/// How sure where there are runs and no steps.
const ALONE: u8 = 56;

/// How sure where there are steps and no runs: much that has to be done is kept so.
const STEPS: u8 = 36;

const RUNS_ALONE: &str = "runs of workflows, and nothing like their steps";
const STEPS_ALONE: &str = "steps of a workflow, each of them by itself, and nothing like its runs";

/// The runs and steps of a file, as a mapping.
pub(in crate::store::layout) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    let tables = || {
        facts
            .tables
            .iter()
            .filter(|table| !table.is_view && table.has_rowid)
    };
    // What steps refer to is a run's id, or its key where that is called otherwise.
    let keyed = |table: &TableFacts| {
        let [key] = &table.key[..] else { return None };
        let at = table.columns.iter().position(|(name, _)| name == key)?;
        WORDS.run["id"].contains(&normal(key)).then_some(at)
    };
    let runs = tables().flat_map(|table| {
        let key = keyed(table).map(|at| [("id", table.columns[at].0.as_str())]);
        let by_key = key.map(|key| Cast::of(table, &WORDS.run, &key));
        std::iter::once(Cast::of(table, &WORDS.run, &[])).chain(by_key)
    });
    let runs: Vec<Cast<'_>> = runs.filter(|runs| runs.has(&["id", "started"])).collect();
    let runs: Vec<Cast<'_>> = (runs.into_iter()).map(Cast::or_named_by_class).collect();
    let with_status = runs.iter().filter(|runs| runs.has(&["status"]));
    let pairs = with_status.flat_map(|runs| {
        tables().filter_map(move |table| {
            let steps = steps_of(runs, table)?;
            Some(Pair::new(runs.clone(), steps, facts))
        })
    });
    // Of several the one that tells most; of equal ones the first.
    let parts = ["started", "ended", "duration", "number", "status", "error"];
    let best = pairs.reduce(|best, next| {
        let told = |pair: &Pair<'_>| (pair.steps_have_times(), pair.steps.count(&parts));
        if told(&next) > told(&best) {
            next
        } else {
            best
        }
    });
    match best {
        Some(best) => Some(candidate(&best)),
        None => alone(&runs, facts),
    }
}

/// Runs without a table of steps: a table called so whose rows say when each began and how it ended.
fn alone<'f>(runs: &[Cast<'f>], facts: &'f SqliteFacts) -> Option<Candidate> {
    let known = runs.iter().filter(|runs| {
        let called = match runs.has(&["status"]) {
            true => ["runs", "steps"]
                .iter()
                .any(|kind| WORDS.names_table(kind, &runs.table.name)),
            // Much begins and ends: then their table is called so and no other way.
            false => runs.has(&["name"]) && WORDS.ends_in_runs(&runs.table.name),
        };
        let ids = runs.values("id");
        let once = ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
        called && once && !ids.is_empty() && runs.tells_its_end() && runs.has_known_status()
    });
    let called = |runs: &Cast<'_>| WORDS.names_table("runs", &runs.table.name);
    let best = known.max_by_key(|runs| (called(runs), runs.has(&["status"]), runs.table.rows))?;
    let pair = Pair::alone(best.clone(), facts);
    let name = &best.table.name;
    let (reason, confidence) = match (WORDS.names_table("runs", name), best.has(&["status"])) {
        (true, true) => (RUNS_ALONE, ALONE),
        (true, false) => (RUNS_ALONE, UNSURE),
        (false, _) => (STEPS_ALONE, STEPS),
    };
    let reason = format!("`{name}` reads like {reason}");
    Some(Candidate {
        layout: layout(&pair),
        confidence,
        reasons: vec![(reason, u32::from(confidence))],
        alike: Vec::new(),
    })
}

fn candidate(pair: &Pair<'_>) -> Candidate {
    let (runs, steps) = (&pair.runs.table.name, &pair.steps.table.name);
    let sure = WORDS.names_table("runs", runs) && pair.steps_have_times();
    let confidence = if sure { CONFIDENCE } else { UNSURE };
    let mut reasons = vec![(
        format!("`{runs}` reads like runs of workflows, `{steps}` like their steps"),
        u32::from(confidence),
    )];
    if !pair.steps_have_times() {
        reasons.push((
            format!("Nothing in `{steps}` tells when a step was done, so that only runs are read"),
            0,
        ));
    }
    Candidate {
        layout: layout(pair),
        confidence,
        reasons,
        alike: Vec::new(),
    }
}

/// The table as steps of these runs: by what the runs' ids are called there, and by some of them.
fn steps_of<'f>(runs: &Cast<'f>, table: &'f TableFacts) -> Option<Cast<'f>> {
    if runs.table.name == table.name {
        return None;
    }
    let id = normal(runs.column("id")?);
    let is_plain = matches!(&*id, "id" | "uuid");
    let own = normal(&runs.table.name);
    let singular = own.strip_suffix('s').unwrap_or(&own);
    let known = |name: &str| {
        let named = id == name || name == format!("{singular}{id}") || is_plain;
        named && WORDS.step["run"].iter().any(|own| own == name)
    };
    let related = |name: &str| {
        (!is_plain && name == id) || name == singular || name == format!("{singular}id")
    };
    let columns = || table.columns.iter().map(|(name, _)| name.as_str());
    let by_name = columns().find(|name| known(&normal(name)));
    let run = by_name.or_else(|| columns().find(|name| related(&normal(name))))?;
    let steps = Cast::of(table, &WORDS.step, &[("run", run)]);
    // What belongs to something else is no step of it, as an order's items are not.
    let is_called_so = by_name.is_some() || WORDS.names_table("steps", &table.name);
    let looks_so = is_called_so || (steps.has(&["started"]) && steps.tells_its_end());
    let has_times = steps.has(&["started"]) || steps.has(&["ended"]);
    let tells = has_times || (!is_plain && normal(run) == id && steps.has(&["number"]));
    if !steps.has(&["name"]) || !looks_so || !tells || steps.is_history() {
        return None;
    }
    let ids = runs.values("id");
    let values = steps.values("run");
    let known = values.iter().filter(|value| ids.contains(value)).count();
    // Of many runs the sample has but some.
    let enough = runs.table.rows > ids.len() as u64 || known * 2 >= values.len();
    (enough && (known > 0 || values.is_empty() || ids.is_empty())).then_some(steps)
}

fn layout(pair: &Pair<'_>) -> Layout {
    let mut first = pair.run_started();
    first.further = vec![
        pair.step_started(),
        pair.step_ended(),
        pair.step_undone(),
        pair.run_ended(),
    ];
    first.further.extend(pair.runs_failed());
    // Of tables without such times there is nothing to tell.
    first
        .further
        .retain(|source| source.column(Role::RecordedAt).is_some());
    Layout {
        id: "workflow-tables".to_owned(),
        name: "Workflow runs and steps".to_owned(),
        medium: Medium::Sqlite,
        notes: "Guessed: a run is a stream, and the times in its row and in those of its steps are its \
                events. Rows are written over as runs go on, so that what they said before is not known. \
                A run that ends in the second of its last step ends with it."
            .to_owned(),
        about: None,
        evidence: Vec::new(),
        events: first,
        lookup: BTreeMap::new(),
        side: BTreeMap::new(),
        odd: Vec::new(),
    }
}
