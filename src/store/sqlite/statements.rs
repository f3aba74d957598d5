//! The statements of a plan. Parameters are numbered; what they are is said beside each.

use super::kept::Kept;
use super::plan::{Plan, Way, What};
use crate::store::layout::Links;

/// Whether a range holds the row that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    With,
    After,
}

impl Plan {
    /// For a store with keys: rows with `?1 < key <= ?2` in the order of the key. Where a row holds
    /// many events, those after part `?3` of the first key up to part `?4` of the last one, and no
    /// row is taken apart whose key is less than `?5`.
    pub fn index_sql(&self) -> Option<String> {
        self.keyed_sql(self.results(What::Index), Begin::After)
    }

    /// The key and part of the first of those rows, and nothing else of it.
    pub fn next_sql(&self) -> Option<String> {
        let places = &self.results(What::Index)[..2];
        Some(self.keyed_sql(places, Begin::After)? + " LIMIT 1")
    }

    /// Bodies of the rows with `?1 <= key <= ?2`; of many events in a row from part `?3` on.
    pub fn body_sql(&self) -> Option<String> {
        self.keyed_sql(self.results(What::Bodies), Begin::With)
    }

    /// Key, part, payload and metadata, as stored, of the same rows; none where they are not stored
    /// as they are shown, or rows are not found by a key.
    pub fn stored_sql(&self) -> Option<String> {
        let mut columns = self.results(What::Bodies)[..2].to_vec();
        columns.extend(self.stored_as_shown()?);
        self.keyed_sql(&columns, Begin::With)
    }

    fn keyed_sql(&self, expressions: &[String], begin: Begin) -> Option<String> {
        let Way::Keyed { key, part } = &self.way else {
            return None;
        };
        let after = match begin {
            Begin::With => ">=",
            Begin::After => ">",
        };
        let select = self.select(expressions);
        Some(match part {
            None => format!("{select} AND {key} {after} ?1 AND {key} <= ?2 ORDER BY {key}"),
            Some(part) => {
                let least = match begin {
                    Begin::With => "?1",
                    Begin::After => "?5",
                };
                format!(
                    "{select} AND {key} >= {least} AND {key} <= ?2 \
                     AND ({key} > ?1 OR {part} {after} ?3) AND ({key} < ?2 OR {part} <= ?4) \
                     ORDER BY {key}, {part}"
                )
            }
        })
    }

    /// The least and the greatest key. Two questions, since SQLite answers each by a look at one
    /// end of the tree, but both at once by reading all of it.
    pub fn range_sql(&self) -> Option<String> {
        let key = self.key()?;
        let [least, most] = ["min", "max"].map(|end| self.select(&[format!("{end}({key})")]));
        Some(format!("SELECT ({least}), ({most})"))
    }

    /// The greatest key that is a number: texts and bytes come after them.
    pub fn most_sql(&self) -> Option<String> {
        let key = self.key()?;
        let select = self.select(&[format!("max({key})")]);
        Some(format!("{select} AND {key} <= {}", i64::MAX))
    }

    /// The keys of rows that no range of integers holds.
    pub fn keyless_sql(&self) -> Option<String> {
        let key = self.key()?;
        let select = self.select(&[key.to_owned()]);
        Some(format!(
            "{select} AND ({key} > {} OR {key} IS NULL)",
            i64::MAX
        ))
    }

    /// For a store without keys: at most `?1` rows, leaving out the first `?2`, of those after the
    /// row whose primary key is `?3` and on; of all rows where it is none.
    pub fn page_sql(&self, what: What, after: Option<&[Kept]>) -> String {
        const PAGE: &str = "LIMIT ?1 OFFSET ?2";
        let Way::Columns(columns) = &self.way else {
            // One statement for all purposes: another may yield the rows in another order.
            return format!("{} {PAGE}", self.select(self.results(What::Bodies)));
        };
        let select = self.select(self.results(what));
        let order = columns.join(", ");
        let after = after.map_or_else(String::new, |after| {
            let values: Vec<String> = (3..3 + after.len()).map(|at| format!("?{at}")).collect();
            format!(" AND ({order}) > ({})", values.join(", "))
        });
        format!("{select}{after} ORDER BY {order} {PAGE}")
    }

    /// Of the rows with `?1 < key <= ?2`, how many there are, and the sum of those bits of their keys.
    /// None where a row holds many events: counting would have to take all of them apart.
    pub fn tally_sql(&self, bits: i64) -> Option<String> {
        let key = self.key().filter(|_| !self.has_parts())?;
        let select = self.select(&[
            "count(*)".to_owned(),
            format!("ifnull(sum({key} & {bits}), 0)"),
        ]);
        Some(format!(
            "{select} AND {key} > ?1 AND {key} <= ?2 AND typeof({key}) = 'integer'"
        ))
    }

    /// How many rows there are.
    pub fn count_sql(&self) -> String {
        self.select(&["count(*)".to_owned()])
    }

    /// What the index has of the row whose primary key is `?1` and on.
    pub fn row_sql(&self) -> Option<String> {
        let Way::Columns(columns) = &self.way else {
            return None;
        };
        let values: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
        let select = self.select(self.results(What::Index));
        let order = columns.join(", ");
        Some(format!("{select} AND ({order}) = ({})", values.join(", ")))
    }

    /// Key, stream, version and category of further streams of the events with `?1 < key <= ?2`.
    pub fn links_sql(&self) -> Option<String> {
        let links = self.events.links.as_ref()?;
        let key = self.key().map(|_| &links.key)?;
        let row = (links.row.as_ref()).map_or_else(String::new, |row| format!(", {row}"));
        Some(format!(
            "SELECT {} FROM {} WHERE {key} > ?1 AND {key} <= ?2 ORDER BY 1{row}",
            links.results(),
            links.from
        ))
    }

    /// Key, stream, version, category and row of the links whose row is greater than `?1`, up to events with
    /// the key `?2`.
    pub fn further_links_sql(&self) -> Option<String> {
        let links = self.events.links.as_ref()?;
        let (key, row) = (&links.key, links.row.as_ref()?);
        Some(format!(
            "SELECT {}, {row} FROM {} WHERE {row} > ?1 AND {key} <= ?2 ORDER BY {row}",
            links.results(),
            links.from
        ))
    }

    /// The greatest row of a link.
    pub fn last_link_sql(&self) -> Option<String> {
        let links = self.events.links.as_ref()?;
        let row = links.row.as_ref()?;
        Some(format!("SELECT max({row}) FROM {}", links.from))
    }
}

impl Links {
    fn results(&self) -> String {
        let of = |column: &Option<String>| column.clone().unwrap_or_else(|| "NULL".to_owned());
        let (version, category) = (of(&self.version), of(&self.category));
        format!("{}, {}, {version}, {category}", self.key, self.stream)
    }
}
