//! One source that stands for many tables of a kind: a table for each event type, for each stream,
//! for each saga.

use serde::{Deserialize, Serialize};

use super::tables::between;
use super::{Events, SideTable, SqliteFacts, TableFacts, sql};

/// Which tables a source stands for. In its SQL `{table}` is the table, quoted, and `{name}`, within
/// quotes, what the star stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// The name of the tables, with one `*` that stands for any text.
    pub table: String,
    /// Columns that they all have: what has a like name and not these is something else.
    #[serde(default)]
    pub columns: Vec<String>,
}

impl Each {
    /// The tables of this file, each with what the star stands for in its name.
    fn tables<'f>(
        &'f self,
        facts: &'f SqliteFacts,
    ) -> impl Iterator<Item = (&'f TableFacts, &'f str)> {
        let (before, after) = self.table.split_once('*').unwrap_or((&self.table, ""));
        let whole = !self.table.contains('*');
        facts.tables.iter().filter_map(move |table| {
            let star = between(&table.name, before, after)?;
            let meant = !whole || star.is_empty();
            let has = |column: &String| table.column(column).is_some();
            (meant && self.columns.iter().all(has)).then_some((table, star))
        })
    }
}

/// SQL with a table in it.
fn put(text: &mut String, table: &str, star: &str) {
    *text = sql::bind(&sql::bind(text, "{table}", table), "{name}", star);
}

impl Events {
    /// A source for each of the tables that it stands for: itself where it stands for itself.
    pub(in crate::store) fn for_each(&self, facts: &SqliteFacts) -> Vec<Self> {
        let Some(each) = &self.each else {
            return vec![Self {
                further: Vec::new(),
                ..self.clone()
            }];
        };
        let own = each.tables(facts).map(|(table, star)| {
            let mut own = Self {
                each: None,
                further: Vec::new(),
                ..self.clone()
            };
            own.for_sql(&mut |text| put(text, &table.name, star));
            own
        });
        own.collect()
    }
}

impl SideTable {
    /// As [`Events::for_each`].
    pub(in crate::store) fn for_each(&self, facts: &SqliteFacts) -> Vec<Self> {
        let Some(each) = &self.each else {
            return vec![self.clone()];
        };
        let own = each.tables(facts).map(|(table, star)| {
            let mut own = Self {
                each: None,
                ..self.clone()
            };
            own.for_sql(&mut |text| put(text, &table.name, star));
            own
        });
        own.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::layout::Role;

    fn table(name: &str, columns: &[&str]) -> TableFacts {
        TableFacts {
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|column| ((*column).to_owned(), String::new()))
                .collect(),
            ..TableFacts::default()
        }
    }

    #[test]
    fn a_source_for_each_table_of_a_kind() {
        let facts = SqliteFacts {
            tables: vec![
                table("event_Pay it", &["id", "time"]),
                table("EVENT_o'clock", &["ID", "Time", "more"]),
                table("event_object", &["event_id", "object_id"]),
                table("other", &["id", "time"]),
            ],
            set_aside: Vec::new(),
        };
        let events: Events = toml::from_str(
            "each = { table = 'event_*', columns = ['id', 'time'] }\nfrom = '{table}'\n\
             key = '{table}.rowid'\ncolumns = { type = \"'{name}'\" }",
        )
        .unwrap();
        let all = events.for_each(&facts);
        let from: Vec<&str> = all.iter().map(|own| own.from.as_str()).collect();
        assert_eq!(from, ["\"event_Pay it\"", "\"EVENT_o'clock\""]);
        let keys: Vec<_> = all
            .iter()
            .map(|own| own.key.clone().unwrap().to_line())
            .collect();
        assert_eq!(keys, ["\"event_Pay it\".rowid", "\"EVENT_o'clock\".rowid"]);
        let kind = |own: &Events| own.column(Role::Type).unwrap().to_string();
        let kinds: Vec<String> = all.iter().map(kind).collect();
        assert_eq!(kinds, ["'Pay it'", "'o''clock'"]);
    }
}
