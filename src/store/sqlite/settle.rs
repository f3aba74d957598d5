//! Which of a layout's alternatives fit a file: the versions of a library differ in their columns.
//! `a ?? b` is the first of them that can be asked for; nothing behind the last `??` says that a store
//! may lack it.

use super::connect::Database;
use crate::store::layout::{Events, Layout, SideTable, Source, SqliteFacts};

const OR: &str = "??";

/// The layout as it is shown: of sources that stand for many tables the first alternatives.
pub(super) fn layout(database: &Database, facts: &SqliteFacts, mut layout: Layout) -> Layout {
    let further = std::mem::take(&mut layout.events.further);
    layout.events = shown(database, facts, layout.events);
    let further = further.into_iter();
    layout.events.further = further
        .map(|source| shown(database, facts, source))
        .collect();
    layout
}

fn shown(database: &Database, facts: &SqliteFacts, source: Events) -> Events {
    match source.each {
        Some(_) => choose(source, &|_| true),
        None => events(database, facts, source),
    }
}

/// The source as these tables allow it.
pub(super) fn events(database: &Database, facts: &SqliteFacts, events: Events) -> Events {
    let from = events.from.clone();
    choose(events, &|sql| can_be_asked(database, sql, &from)).fit(facts)
}

/// The side table as these tables allow it.
pub(super) fn side(database: &Database, mut side: SideTable) -> SideTable {
    let from = side.from.clone();
    let fits = |sql: &str| can_be_asked(database, sql, &from);
    side.columns.retain(|_, column| match &mut column.source {
        Source::Sql(sql) | Source::Encoded { sql, .. } => settle(sql, &fits),
        _ => true,
    });
    side.filter = settled(side.filter.take(), &fits);
    side
}

fn choose(mut events: Events, fits: &dyn Fn(&str) -> bool) -> Events {
    events.columns.retain(|_, column| match &mut column.source {
        Source::Sql(sql) | Source::Encoded { sql, .. } => settle(sql, fits),
        _ => true,
    });
    events.filter = settled(events.filter.take(), fits);
    events
}

fn settled(sql: Option<String>, fits: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut sql = sql?;
    settle(&mut sql, fits).then_some(sql)
}

/// Leaves of `sql` the first alternative that fits; the last where none does, which then says why.
/// Whether there is anything left.
fn settle(sql: &mut String, fits: &dyn Fn(&str) -> bool) -> bool {
    let Some((_, last)) = sql.rsplit_once(OR) else {
        return true;
    };
    let mut alternatives = sql.split(OR).map(str::trim);
    let first = alternatives.find(|own| own.is_empty() || fits(own));
    *sql = first.unwrap_or(last.trim()).to_owned();
    !sql.is_empty()
}

fn can_be_asked(database: &Database, sql: &str, from: &str) -> bool {
    let statement = format!("SELECT {sql} FROM {from}");
    database.connection().prepare(&statement).is_ok()
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn the_first_alternative_that_fits_is_taken() {
        let settled = |sql: &str| {
            let mut sql = sql.to_owned();
            let left = settle(&mut sql, &|own| own.starts_with('b'));
            left.then_some(sql)
        };
        assert_eq!(settled("a").as_deref(), Some("a"));
        assert_eq!(settled("a ?? b ?? bc").as_deref(), Some("b"));
        assert_eq!(settled("a ?? c").as_deref(), Some("c"));
        assert_eq!(settled("a ??"), None);
        assert_eq!(settled("b ??").as_deref(), Some("b"));
    }
}
