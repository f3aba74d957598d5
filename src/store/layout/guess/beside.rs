//! Tables beside the events of a guess: checkpoints, snapshots, an outbox and the like, by what they and
//! their columns are called. The names are data: `assets/layouts/roles/beside.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::field::Field;
use super::names::normal;
use super::table::fields_of;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::{SqliteFacts, TableFacts};
use crate::store::layout::{Column, Events, Role, Several, SideKind, SideTable, Source};

/// What tables of a kind are called, and their columns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    /// Parts of the names of tables.
    tables: Vec<String>,
    /// Of each list one column has to be there.
    needs: Vec<Vec<String>>,
    /// Columns that say it whatever the table is called.
    #[serde(default)]
    sure: Vec<String>,
    columns: BTreeMap<String, Vec<String>>,
}

static KINDS: LazyLock<BTreeMap<SideKind, Names>> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/beside.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// What stands beside events.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub tables: BTreeMap<SideKind, Several<SideTable>>,
    pub told: Vec<String>,
}

/// The tables beside `events`, which stand in the tables called `own`.
pub(super) fn tables(facts: &SqliteFacts, events: &Events, own: &[&str]) -> Beside {
    let mut beside = Beside::default();
    for table in facts.tables.iter().filter(|table| !table.is_view) {
        let is_own = own.iter().any(|own| own.eq_ignore_ascii_case(&table.name));
        let kinds = KINDS.iter().filter(|(kind, _)| match is_own {
            // Where there is nothing else, the messages of an outbox are the events.
            true => **kind == SideKind::Outbox,
            false => true,
        });
        let found = kinds.filter_map(|(kind, names)| {
            let (rank, columns) = names.find(table)?;
            Some((rank, *kind, columns))
        });
        let Some((_, kind, columns)) = found.min_by_key(|(rank, kind, _)| (*rank, *kind)) else {
            continue;
        };
        let named: Vec<String> = columns
            .iter()
            .map(|(part, column)| format!("{} `{column}`", part.replace('_', " ")))
            .collect();
        let name = &table.name;
        beside.told.push(format!(
            "`{name}` reads like the table of {}: {}",
            kind.name(),
            named.join(", ")
        ));
        let side = side(table, events, columns);
        beside
            .tables
            .entry(kind)
            .or_insert_with(|| Several(Vec::new()))
            .0
            .push(side);
    }
    beside
}

impl Names {
    /// The columns of a table of this kind, and how late in the list of names its own stands.
    fn find<'t>(
        &'static self,
        table: &'t TableFacts,
    ) -> Option<(usize, BTreeMap<&'static str, &'t str>)> {
        let name = normal(&table.name);
        let called = self
            .tables
            .iter()
            .position(|part| name.contains(part.as_str()));
        let mut offers: Vec<(usize, &'static str, &'t str)> = Vec::new();
        for (part, names) in &self.columns {
            for (column, _) in &table.columns {
                let own = normal(column);
                let rank = names.iter().position(|name| *name == own);
                offers.extend(rank.map(|rank| (rank, part.as_str(), column.as_str())));
            }
        }
        // A key that is a word names its row better than what it is one of.
        if let Some(key) = word_key(table) {
            for (rank, part, column) in &mut offers {
                if *part == "consumer" && *column == key {
                    *rank = 0;
                }
            }
        }
        offers.sort_unstable();
        let mut columns: BTreeMap<&'static str, &'t str> = BTreeMap::new();
        for (_, part, column) in offers {
            if !columns.contains_key(part) && !columns.values().any(|taken| *taken == column) {
                columns.insert(part, column);
            }
        }
        let sure = columns
            .values()
            .any(|column| self.sure.contains(&normal(column)));
        let rank = called.or(sure.then_some(self.tables.len()))?;
        let needed = |any: &Vec<String>| any.iter().any(|part| columns.contains_key(part.as_str()));
        self.needs.iter().all(needed).then_some((rank, columns))
    }
}

/// The one column of the primary key, where its values are words.
fn word_key(table: &TableFacts) -> Option<&str> {
    let [key] = &table.key[..] else { return None };
    let fields = fields_of(table);
    let own = fields.iter().find(|field| field.name == key)?;
    let looks = own.looks();
    // What was made up by a machine is long, and has digits.
    let made_up = looks.uuid.nearly() || looks.longest > 20 && own.names_with_numbers();
    let words = looks.count > 0 && looks.word.nearly() && !made_up;
    words.then_some(key.as_str())
}

/// Whether the values of a column are times.
fn is_time(table: &TableFacts, column: &str) -> bool {
    let fields = fields_of(table);
    let own = fields.iter().find(|field| field.name == column);
    let looks = own.map(Field::looks).unwrap_or_default();
    looks.time && looks.longest > 1
}

/// The columns as a side table; what names events by numbers does so by their positions, unless their
/// ids are numbers.
fn side(
    table: &TableFacts,
    events: &Events,
    mut columns: BTreeMap<&'static str, &str>,
) -> SideTable {
    let numbers = |column: &str| {
        let at = table.column(column);
        let mut values = table
            .sample
            .iter()
            .filter_map(|row| row.get(at?)?.as_deref());
        let all = values.clone().count() > 0;
        all && values.all(|value| value.parse::<i64>().is_ok())
    };
    if !columns.contains_key("position")
        && events.column(Role::EventId).is_none()
        && let Some(column) = columns.get("event_id").copied()
        && numbers(column)
    {
        columns.remove("event_id");
        columns.insert("position", column);
    }
    // What says when it was published says that it was.
    if !columns.contains_key("published_at")
        && let Some(column) = columns.get("published").copied()
        && is_time(table, column)
    {
        columns.remove("published");
        columns.insert("published_at", column);
    }
    // A word for a position is none.
    if let Some(column) = columns.get("position").copied()
        && !table.sample.is_empty()
        && !numbers(column)
    {
        columns.remove("position");
        if !columns.contains_key("event_id") && events.column(Role::EventId).is_some() {
            columns.insert("event_id", column);
        }
    }
    let stream = events.column(Role::Stream).map(|column| &column.source);
    let consumer = columns.get("consumer").copied();
    let columns = columns.into_iter().map(|(part, column)| {
        let own = quoted(column);
        let sql = match (part, stream) {
            // As streams are named there, where the same columns are here.
            ("stream", Some(Source::Sql(named))) if *named != own => format!("{named} ?? {own}"),
            _ => own,
        };
        (part.to_owned(), Column::sql(sql))
    });
    SideTable {
        from: quoted(&table.name),
        filter: marks(table, consumer),
        columns: columns.collect(),
        ..SideTable::default()
    }
}

/// The condition that leaves out rows which say how far the store itself has come, and not a consumer.
fn marks(table: &TableFacts, consumer: Option<&str>) -> Option<String> {
    let consumer = consumer?;
    let at = table.column(consumer)?;
    let mut names = table
        .sample
        .iter()
        .filter_map(|row| row.get(at)?.as_deref());
    let is_mark = |name: &str| normal(name) == HIGH_WATER_MARK;
    let mark = names.find(|name| is_mark(name))?;
    Some(format!("{} IS NOT {}", quoted(consumer), literal(mark)))
}

/// What the head of a store is called among the places of its consumers.
const HIGH_WATER_MARK: &str = "highwatermark";

#[cfg(test)]
mod tests {
    use super::KINDS;

    #[test]
    fn the_names_name_columns_that_there_are() {
        assert!(!KINDS.is_empty());
        for (kind, names) in KINDS.iter() {
            let known = |part: &String| kind.columns().contains(&part.as_str());
            assert!(names.columns.keys().all(known), "{kind:?}");
            assert!(names.needs.iter().flatten().all(known), "{kind:?}");
        }
    }
}
