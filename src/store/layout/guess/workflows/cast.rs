//! Which column of a table of runs or steps plays which part, by what columns are called.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::score::normal;
use super::super::telling::words;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::TableFacts;

/// Names by part, best first.
pub(super) type Names = BTreeMap<String, Vec<String>>;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Words {
    pub run: Names,
    pub step: Names,
    /// Status words by how something ended.
    pub ended: Names,
    written: Names,
    tables: Names,
}

impl Words {
    /// Whether a table of `part` may be called so.
    pub fn names_table(&self, part: &str, name: &str) -> bool {
        let name = name.to_lowercase();
        let words = self.tables.get(part).into_iter().flatten();
        words.into_iter().any(|word| name.contains(word.as_str()))
    }

    /// Whether the last word of a table's name is what runs are called: `solid_queue_jobs`.
    pub fn ends_in_runs(&self, name: &str) -> bool {
        let last = words(name).last().map(str::to_lowercase);
        let last = last
            .as_deref()
            .map(|word| word.strip_suffix('s').unwrap_or(word));
        let names = self.tables.get("runs").into_iter().flatten();
        last.is_some_and(|last| names.into_iter().any(|own| own == last))
    }

    /// Whether a word says how something ended.
    fn is_end(&self, word: &str) -> bool {
        let word = letters(word);
        self.ended.values().flatten().any(|own| *own == word)
    }

    /// Whether a word says that something has not ended yet.
    fn is_on_the_way(&self, word: &str) -> bool {
        let word = letters(word);
        self.written
            .get("on_the_way")
            .into_iter()
            .flatten()
            .any(|own| *own == word)
    }

    fn is_written(&self, how: &str, column: &str) -> bool {
        let names = self.written.get(how).into_iter().flatten();
        let column = normal(column);
        names.into_iter().any(|name| *name == column)
    }
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/workflows.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// A status word as the lists have it: lower case, letters only.
fn letters(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

/// A table whose columns play parts.
#[derive(Clone)]
pub(super) struct Cast<'f> {
    pub table: &'f TableFacts,
    parts: BTreeMap<&'static str, Vec<&'f str>>,
    /// What of a row stands in tables of their own.
    pub aside: Vec<Elsewhere<'f>>,
}

/// What plays a part of a row and stands in another table: the column there, and the SQL that leads to it.
#[derive(Clone)]
pub(super) struct Elsewhere<'f> {
    pub part: &'static str,
    pub column: &'f str,
    pub sql: String,
}

impl<'f> Cast<'f> {
    /// Gives each part the column whose name comes first in its list; a column plays one part. What is
    /// left is of a part beside that column.
    pub fn of(
        table: &'f TableFacts,
        names: &'static Names,
        given: &[(&'static str, &'f str)],
    ) -> Self {
        let mut parts: BTreeMap<&'static str, Vec<&'f str>> = BTreeMap::new();
        let mut taken: BTreeSet<&'f str> = BTreeSet::new();
        for (part, column) in given {
            parts.insert(part, vec![column]);
            taken.insert(column);
        }
        let given: Vec<&str> = given.iter().map(|(part, _)| *part).collect();
        let mut offers: Vec<(usize, &'static str, &'f str)> = Vec::new();
        for (part, names) in names {
            for (column, _) in &table.columns {
                let rank = names.iter().position(|name| *name == normal(column));
                offers.extend(rank.map(|rank| (rank, part.as_str(), column.as_str())));
            }
        }
        offers.retain(|(_, part, _)| !given.contains(part));
        offers.sort_unstable();
        for (_, part, column) in &offers {
            if !parts.contains_key(part) && taken.insert(column) {
                parts.insert(part, vec![column]);
            }
        }
        for (_, part, column) in offers {
            if taken.insert(column) {
                parts.entry(part).or_default().push(column);
            }
        }
        Self {
            table,
            parts,
            aside: Vec::new(),
        }
    }

    /// The same; where nothing names it, by the class that was run.
    pub fn or_named_by_class(self) -> Self {
        let mut columns = self.table.columns.iter().map(|(name, _)| name.as_str());
        let class = columns.find(|column| WORDS.is_written("class", column));
        match (class, self.column("id")) {
            (Some(class), Some(id)) if !self.has(&["name"]) => {
                Self::of(self.table, &WORDS.run, &[("id", id), ("name", class)])
            }
            _ => self,
        }
    }

    pub fn has(&self, parts: &[&str]) -> bool {
        parts.iter().all(|part| self.parts.contains_key(part))
    }

    /// How many of these parts it has.
    pub fn count(&self, parts: &[&str]) -> usize {
        parts.iter().filter(|part| self.has(&[part])).count()
    }

    /// The column that plays a part best.
    pub fn column(&self, part: &str) -> Option<&'f str> {
        self.parts.get(part)?.first().copied()
    }

    /// The column, quoted; `NULL` where there is none.
    pub fn sql(&self, part: &str) -> String {
        (self.column(part)).map_or_else(|| "NULL".to_owned(), quoted)
    }

    /// What it is called: of the columns that may say it the first that does.
    pub fn named(&self) -> String {
        let all = self.parts.get("name").into_iter().flatten();
        let names: Vec<String> = all
            .map(|column| format!("nullif({}, '')", quoted(column)))
            .collect();
        match &names[..] {
            [] => "NULL".to_owned(),
            [only] => only.clone(),
            _ => format!("coalesce({})", names.join(", ")),
        }
    }

    /// Whether the best column for its end is one that is written only then.
    pub fn tells_its_end(&self) -> bool {
        self.column("ended")
            .is_some_and(|column| !WORDS.is_written("always", column))
    }

    /// The time of a part: of its columns the first that has one. `None` where it has no column.
    pub fn time(&self, part: &str) -> Option<String> {
        let all = self.parts.get(part)?;
        let like = self.form(part);
        let same = |column: &&&str| self.shape(column).is_none_or(|own| Some(own) == like);
        let columns = all.iter().filter(same).map(|column| quoted(column));
        let columns: Vec<String> = columns.collect();
        Some(match &columns[..] {
            [only] => only.clone(),
            _ => format!("coalesce({})", columns.join(", ")),
        })
    }

    /// In what form a column of times is written: so many digits before the point, or in words. `None`
    /// where the sample has no value.
    fn shape(&self, column: &str) -> Option<usize> {
        let number = |value: &str| {
            let whole = value.split('.').next().unwrap_or_default();
            let digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
            if digits { whole.len() } else { 0 }
        };
        self.sampled(column).first().map(|value| number(value))
    }

    /// Whether a time is written in milliseconds since 1970.
    pub fn is_in_millis(&self, part: &str) -> bool {
        self.form(part) == Some(13)
    }

    /// Whether two times are numbers of the same length.
    pub fn in_like_numbers(&self, one: &str, other: &str) -> bool {
        let form = self.form(one);
        form.is_some_and(|digits| digits > 0) && form == self.form(other)
    }

    /// Whether a time is written in words.
    pub fn is_in_words(&self, part: &str) -> bool {
        self.form(part) == Some(0)
    }

    /// The shape of a part's times.
    fn form(&self, part: &str) -> Option<usize> {
        let all = self.parts.get(part)?;
        all.iter().find_map(|column| self.shape(column))
    }

    /// Whether some status is a word for an end, and not a number or a sentence, of which nobody but its
    /// library knows what it says. So it is taken to be where there is nothing to go by.
    pub fn has_known_status(&self) -> bool {
        let values = [self.values("status"), self.values("outcome")].concat();
        let known = |value: &&str| WORDS.is_end(value);
        values.is_empty() || values.iter().any(known)
    }

    /// Whether its names are the states that something goes through, each at its one time: then it is a
    /// history and no list of steps.
    pub fn is_history(&self) -> bool {
        let names: BTreeSet<String> = self
            .values("name")
            .iter()
            .map(|name| letters(name))
            .collect();
        let state = |name: &&String| WORDS.is_end(name) || WORDS.is_on_the_way(name);
        let once = !self.has(&["ended"]) && !self.has(&["duration"]) && !self.has(&["status"]);
        once && names.len() > 1 && names.iter().filter(state).count() * 4 >= names.len() * 3
    }

    /// The sampled values of a part.
    pub fn values(&self, part: &str) -> Vec<&'f str> {
        self.column(part)
            .map_or_else(Vec::new, |column| self.sampled(column))
    }

    /// A column's value; where it has none, what stands for it in another table.
    fn value_of(&self, column: &str) -> String {
        let own = quoted(column);
        let aside = self.aside.iter().filter(|own| own.column == column);
        let further: Vec<&str> = aside.map(|own| own.sql.as_str()).collect();
        match further.is_empty() {
            true => own,
            false => format!("coalesce({own}, {})", further.join(", ")),
        }
    }

    /// Of a table's columns the one that names the run which this run belongs to.
    pub fn parent(&self) -> Option<&'f str> {
        let mut columns = self.table.columns.iter().map(|(name, _)| name.as_str());
        columns.find(|column| WORDS.is_written("parent", column))
    }

    /// Of a table's columns the one that says what it came of, by its name: `correlation_id`.
    pub fn correlation(&self) -> Option<&'f str> {
        let columns = self.table.columns.iter().map(|(name, _)| name.as_str());
        let mut columns = columns.filter(|column| Some(*column) != self.column("id"));
        columns.find(|column| WORDS.is_written("correlation", column))
    }

    fn sampled(&self, column: &str) -> Vec<&'f str> {
        let at = self.table.column(column);
        let rows = self.table.sample.iter();
        rows.filter_map(|row| row.get(at?)?.as_deref()).collect()
    }

    /// The columns of which nothing is known at the start.
    fn later(&self) -> impl Iterator<Item = &'f str> + '_ {
        let ends = [
            "status", "outcome", "ended", "duration", "output", "error", "undone",
        ];
        let ends: Vec<&str> = ends
            .iter()
            .filter_map(|part| self.parts.get(part))
            .flatten()
            .copied()
            .collect();
        let columns = self.table.columns.iter().map(|(name, _)| name.as_str());
        columns.filter(move |column| {
            ends.contains(column)
                || WORDS.is_written("later", column)
                || WORDS.is_written("always", column)
        })
    }

    /// As JSON, what a row says from its start on.
    pub fn at_start(&self) -> String {
        let nothing: serde_json::Map<String, serde_json::Value> = (self.later())
            .map(|column| (column.to_owned(), serde_json::Value::Null))
            .collect();
        let nothing = literal(&serde_json::Value::Object(nothing).to_string());
        let input = self.input();
        format!("json_patch('{{}}', json_patch(json_patch({{rest}}, {nothing}), {input}))")
    }

    /// As JSON, what it was begun with.
    pub fn input(&self) -> String {
        let own = self.parts.get("input").into_iter().flatten();
        let mut all: Vec<(&str, String)> =
            own.map(|column| (*column, self.value_of(column))).collect();
        for aside in self.aside.iter().filter(|own| own.part == "input") {
            if !all.iter().any(|(column, _)| *column == aside.column) {
                all.push((aside.column, aside.sql.clone()));
            }
        }
        let members: Vec<String> = (all.iter())
            .map(|(column, sql)| format!("{}, {}", literal(column), read(sql)))
            .collect();
        format!("json_object({})", members.join(", "))
    }

    /// As JSON, what came of it, and what else is written by its end.
    pub fn at_end(&self) -> String {
        let outcome = |part: &str| {
            let aside = || self.aside.iter().find(|own| own.part == part);
            let sql = match self.column(part) {
                Some(column) => self.value_of(column),
                None => aside()?.sql.clone(),
            };
            Some(format!("{}, {}", literal(part), read(&sql)))
        };
        // What a step was undone with was not known when it was done.
        let is_told =
            |column: &&str| !self.has(&["undone"]) || self.column("status") != Some(*column);
        let taken: BTreeSet<&str> = ["output", "error", "ended", "undone"]
            .iter()
            .filter_map(|part| self.parts.get(part))
            .flatten()
            .copied()
            .collect();
        let later = self
            .later()
            .filter(is_told)
            .filter(|column| !taken.contains(column) && !WORDS.is_written("always", column));
        let later = later.map(|column| format!("{}, {}", literal(column), value(&quoted(column))));
        let members: Vec<String> = (["output", "error"].into_iter().filter_map(outcome))
            .chain(later)
            .collect();
        format!("json_patch('{{}}', json_object({}))", members.join(", "))
    }
}

/// SQL as a member of a JSON object.
fn value(sql: &str) -> String {
    format!("iif(typeof({sql}) = 'blob', hex({sql}), {sql})")
}

/// The same, where it is JSON as that.
fn read(sql: &str) -> String {
    let sql = value(sql);
    format!("json(iif(json_valid({sql}), {sql}, json_quote({sql})))")
}
