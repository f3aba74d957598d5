//! A mapping as a layout file that can be passed on: with an id, what speaks for it, and without what
//! it does not say.

use super::sql::plain_table;
use super::{Contents, Evidence, Layout, Medium, Part, Source, Within};
use crate::model::json::Pointer;

/// Above what the file holds.
const HEAD: &str = "# A layout for Asof. `asof events STORE --layout FILE` reads a store by it; docs/layouts.md explains\n\
                    # every key, and how a layout becomes one of those that are recognised.\n\n";

/// What having the columns that a layout names is worth.
const POINTS: u32 = 70;

/// A column that is no more than its name, so that a store can be asked for it.
fn plain_name<'p>(sql: &str, part: &'p Part) -> Option<&'p str> {
    let name = sql.trim().trim_matches('"');
    let mut own = part.columns.iter();
    own.find(|column| column.eq_ignore_ascii_case(name))
        .map(String::as_str)
}

impl Layout {
    /// The mapping of a store called `stem` as a layout of its own, which stores that have the same
    /// tables, columns or keys are recognised by.
    #[must_use]
    pub fn to_share(&self, stem: &str, contents: Option<&Contents>) -> Self {
        let words = stem.to_lowercase();
        let words: Vec<&str> = words
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut shared = self.clone();
        shared.id = match words.is_empty() {
            true => "own-mapping".to_owned(),
            false => words.join("-"),
        };
        shared.name = format!("{stem} (own layout)");
        shared.about = None;
        shared.evidence = match self.medium {
            Medium::Sqlite => self.evidence_of_tables(contents),
            Medium::Json => self.evidence_of_keys(),
        };
        shared
    }

    fn evidence_of_tables(&self, contents: Option<&Contents>) -> Vec<Evidence> {
        let of_source = |own: &super::Events| {
            let table = plain_table(&own.from)?.name;
            let mut parts = contents?.parts.iter();
            let part = parts.find(|part| part.name.eq_ignore_ascii_case(&table))?;
            let names = own
                .columns
                .values()
                .filter_map(|column| match &column.source {
                    Source::Sql(sql) => plain_name(sql, part),
                    _ => None,
                });
            let mut columns: Vec<String> = names.map(str::to_owned).collect();
            columns.sort();
            columns.dedup();
            Some(Evidence {
                table: Some(part.name.clone()),
                columns,
                points: POINTS,
                required: true,
                ..Evidence::default()
            })
        };
        self.sources().filter_map(of_source).collect()
    }

    fn evidence_of_keys(&self) -> Vec<Evidence> {
        let columns = self.events.columns.values();
        let first = columns.filter_map(|column| match &column.source {
            Source::At(Within::Record, spots) => spots.first(),
            _ => None,
        });
        let own = first.filter(|spot| spot.within.is_none());
        let has: Vec<Pointer> = own.map(|spot| spot.pointer.clone()).collect();
        let evidence = Evidence {
            has,
            points: POINTS,
            required: true,
            ..Evidence::default()
        };
        let told = self.sources().all(|own| own.records.is_none());
        Vec::from_iter((told && !evidence.has.is_empty()).then_some(evidence))
    }

    /// As a layout file.
    ///
    /// # Errors
    /// None for what was read from one; a sentence where something cannot be written in TOML.
    pub fn to_toml(&self) -> Result<String, String> {
        let mut file = toml::Table::try_from(self).map_err(|error| error.to_string())?;
        without_empty(&mut file);
        for key in ["events", "evidence"] {
            match file.get_mut(key) {
                Some(toml::Value::Table(table)) => without_empty(table),
                Some(toml::Value::Array(all)) => {
                    let tables = all.iter_mut().filter_map(toml::Value::as_table_mut);
                    tables.for_each(without_empty);
                }
                _ => {}
            }
        }
        let text = toml::to_string(&file).map_err(|error| error.to_string())?;
        Ok(format!("{HEAD}{text}"))
    }
}

/// Takes out what is not said; the columns stay, since every source has them.
fn without_empty(table: &mut toml::Table) {
    table.retain(|key, value| match value {
        toml::Value::String(text) => !text.is_empty(),
        toml::Value::Array(items) => !items.is_empty(),
        toml::Value::Table(members) => !members.is_empty() || key == "columns",
        toml::Value::Boolean(is) => *is,
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::super::{built_in, from_toml};

    #[test]
    fn every_layout_reads_back_from_its_file() {
        for layout in built_in() {
            let text = layout.to_toml().expect("a file");
            let again = from_toml("again.toml", &text).expect("a layout");
            assert_eq!(again, layout, "{text}");
        }
    }
}
