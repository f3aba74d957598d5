//! Whether a layout can read a file: whether its statements prepare, and whether what they read from
//! ends.

use std::fmt;
use std::time::Duration;

use super::connect::{Bound, ConnectError, Database};
use super::damage::is_of_a_row;
use super::lot::Lot;
use super::plan::{Plan, What};
use super::settle;
use super::sides::Side;
use crate::store::layout::{Events, Layout, SqliteFacts, sql};

/// How much it may cost to find the ends of a view or a join before something else is tried.
const PROBE: Bound = Bound {
    steps: 50_000_000,
    time: Duration::from_secs(5),
};

/// Who says that the layout fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Choice {
    /// Recognition, which may be wrong.
    Recognised,
    /// Somebody who knows how long it takes.
    Made,
}

/// A layout that fits.
#[derive(Debug)]
pub(in crate::store) struct Fitted {
    /// As it is shown.
    pub(super) layout: Layout,
    /// Its sources of events, one for each table that they stand for.
    pub(super) plans: Vec<Plan>,
    pub(super) sides: Vec<Side>,
}

/// Why a layout does not fit.
#[derive(Debug)]
pub(in crate::store) enum Unfit {
    /// A statement does not prepare.
    Statement(rusqlite::Error),
    /// There is no table, or there are too many, that its sources could be.
    Tables(usize),
    /// It takes too long to yield anything.
    TooLong { from: String },
    /// That is not known: reading failed.
    Unknown(ConnectError),
}

/// The end of a sentence.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement(rusqlite::Error::SqlInputError { msg, .. }) => f.write_str(msg),
            Self::Statement(error) => error.fmt(f),
            Self::Tables(0) => f.write_str("none of its tables is there"),
            Self::Tables(count) => write!(f, "{count} tables are more than can be put together"),
            Self::TooLong { from } => write!(f, "reading {from} takes too long"),
            Self::Unknown(error) => error.fmt(f),
        }
    }
}

impl Unfit {
    /// As an error about `database`.
    pub(in crate::store) fn explain(self, database: &Database) -> ConnectError {
        match self {
            Self::Statement(error) => database.explain(error),
            Self::Unknown(error) => error,
            Self::Tables(_) => database.explain(rusqlite::Error::ToSqlConversionFailure(
                self.to_string().into(),
            )),
            Self::TooLong { from } => database.explain(rusqlite::Error::ToSqlConversionFailure(
                format!("reading {from} takes too long").into(),
            )),
        }
    }
}

/// Puts `layout` on the tables of `database` and tries it.
pub(super) fn fit(
    database: &Database,
    facts: &SqliteFacts,
    layout: Layout,
    choice: Choice,
) -> Result<Fitted, Unfit> {
    let plans = plans(database, facts, &layout)?;
    let layout = settle::layout(database, facts, layout);
    for plan in &plans {
        prepare(database, plan)?;
        if choice == Choice::Recognised && !is_table(plan, facts) {
            probe(database, plan)?;
        }
    }
    let sides = layout.side.iter().flat_map(|(kind, tables)| {
        let tables = tables.0.iter().flat_map(|table| table.for_each(facts));
        tables.map(|table| Side::look(database, facts, *kind, table))
    });
    Ok(Fitted {
        plans,
        sides: sides.collect(),
        layout,
    })
}

/// The plans of the sources of `layout`, a source for each table that one stands for.
fn plans(database: &Database, facts: &SqliteFacts, layout: &Layout) -> Result<Vec<Plan>, Unfit> {
    let sources = layout.sources().flat_map(|events| events.for_each(facts));
    let sources = sources.map(|events| settle::events(database, facts, events.with_rest(facts)));
    let sources: Vec<Events> = sources.collect();
    let lots = Lot::all(sources.len()).filter(|lots| !lots.is_empty());
    let lots = lots.ok_or(Unfit::Tables(sources.len()))?;
    let plans = sources.into_iter().zip(lots);
    Ok(plans.map(|(events, lot)| Plan::new(events, lot)).collect())
}

/// Whether all statements of a plan can be made.
fn prepare(database: &Database, plan: &Plan) -> Result<(), Unfit> {
    let statements = [
        plan.index_sql(),
        plan.next_sql(),
        plan.body_sql(),
        plan.row_sql(),
        plan.key()
            .is_none()
            .then(|| plan.page_sql(What::Bodies, None)),
        plan.links_sql(),
        plan.further_links_sql(),
    ];
    for sql in statements.into_iter().flatten() {
        let prepared = database.connection().prepare(&sql).map(drop);
        prepared.map_err(|error: rusqlite::Error| match is_of_a_row(&error) {
            true => Unfit::Statement(error),
            false => Unfit::Unknown(database.explain(error)),
        })?;
    }
    Ok(())
}

/// Whether events stand in one table, where any row is found at once.
fn is_table(plan: &Plan, facts: &SqliteFacts) -> bool {
    let Some(table) = sql::plain_table(&plan.events.from) else {
        return false;
    };
    let mut tables = facts.tables.iter();
    tables.any(|own| !own.is_view && own.name.eq_ignore_ascii_case(&table.name))
}

fn probe(database: &Database, plan: &Plan) -> Result<(), Unfit> {
    let answer = database.within(PROBE, |connection| match plan.range_sql() {
        Some(range) => connection.query_row(&range, [], |_| Ok(())),
        None => connection.query_row(&plan.count_sql(), [], |_| Ok(())),
    });
    match answer {
        Ok(Some(())) => Ok(()),
        Ok(None) => Err(Unfit::TooLong {
            from: plan.events.from.clone(),
        }),
        // Indexing tells of what is damaged.
        Err(error) if is_of_a_row(&error) => Ok(()),
        Err(error) => Err(Unfit::Unknown(database.explain(error))),
    }
}
