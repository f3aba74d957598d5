//! Matching a store against the layouts: points for what speaks for each, with the reasons kept.

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{Layout, Medium, guess};
use crate::model::json::{Picker, Pointer, scalar};

/// One thing that speaks for a layout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Evidence {
    /// SQLite: there is such a table (or view). One `*` stands for any text, `{*}` for that text
    /// in the rest of the layout.
    pub table: Option<String>,
    /// SQLite: it has these columns.
    pub columns: Vec<String>,
    /// SQLite: its primary key is this.
    pub key: Vec<String>,
    /// SQLite: the sampled values of this column match `pattern`.
    pub column: Option<String>,
    /// JSON: nearly all records have values at these pointers.
    pub has: Vec<Pointer>,
    /// JSON: there are such fields around the records.
    pub around: Vec<String>,
    /// A regular expression that the values match: of `column`, or of the first of `has`.
    pub pattern: Option<String>,
    /// How much it speaks for the layout.
    pub points: u32,
    /// Without it the layout is out of the question.
    pub required: bool,
}

/// A table of an opened SQLite file.
#[derive(Clone, Debug, Default)]
pub struct TableFacts {
    /// Its name.
    pub name: String,
    /// Its columns with their declared types.
    pub columns: Vec<(String, String)>,
    /// The columns of its primary key.
    pub key: Vec<String>,
    /// Whether its rows have rowids (not so for views and WITHOUT ROWID tables).
    pub has_rowid: bool,
    /// How many rows it has, about: the greatest rowid; 0 where that is not known.
    pub rows: u64,
    /// Some rows, the first and the last of a table; values as text; none for null and for bytes that are no text.
    pub sample: Vec<Vec<Option<String>>>,
}

/// What recognition looks at in a SQLite file.
#[derive(Clone, Debug, Default)]
pub struct SqliteFacts {
    /// All tables and views.
    pub tables: Vec<TableFacts>,
}

/// What recognition looks at in a JSON file.
#[derive(Clone, Debug, Default)]
pub struct JsonFacts {
    /// The first records.
    pub records: Vec<String>,
    /// Names of the fields around them.
    pub around: Vec<String>,
}

/// A layout with what speaks for it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The layout, bound to the store's own names.
    pub layout: Layout,
    /// How sure, 0 to 100.
    pub confidence: u8,
    /// Sentences with the points each brought; 0 for what was looked for in vain.
    pub reasons: Vec<(String, u32)>,
}

/// The best candidate and the next best.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What the store is taken for.
    pub best: Candidate,
    /// What it would be taken for otherwise: name and confidence.
    pub runner_up: Option<(String, u8)>,
}

/// Matches a SQLite file against `layouts` and against a guess by roles. `None` where nothing in
/// it looks like events.
#[must_use]
pub fn recognise_sqlite(facts: &SqliteFacts, layouts: &[Layout]) -> Option<Recognised> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for layout in layouts
        .iter()
        .filter(|layout| layout.medium == Medium::Sqlite)
    {
        let bound = stars(layout, facts).into_iter().filter_map(|star| {
            let mut layout = layout.clone();
            layout.bind(&star);
            weigh(layout, |evidence| of_tables(evidence, &star, facts))
        });
        candidates.extend(bound.max_by_key(|candidate| candidate.confidence));
    }
    candidates.extend(guess::sqlite(facts));
    rank(candidates)
}

/// Matches a JSON file against `layouts` and against a guess by roles.
#[must_use]
pub fn recognise_json(facts: &JsonFacts, layouts: &[Layout]) -> Option<Recognised> {
    let json = layouts
        .iter()
        .filter(|layout| layout.medium == Medium::Json);
    let mut candidates: Vec<Candidate> = json
        .filter_map(|layout| weigh(layout.clone(), |evidence| of_records(evidence, facts)))
        .collect();
    candidates.extend(guess::json(facts));
    rank(candidates)
}

fn rank(mut candidates: Vec<Candidate>) -> Option<Recognised> {
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.confidence));
    let mut candidates = candidates.into_iter();
    let best = candidates.next()?;
    let runner_up = candidates
        .next()
        .map(|next| (next.layout.name, next.confidence));
    Some(Recognised { best, runner_up })
}

fn weigh(layout: Layout, judge: impl Fn(&Evidence) -> (bool, String)) -> Option<Candidate> {
    let (mut got, mut all, mut reasons) = (0, 0, Vec::new());
    for evidence in &layout.evidence {
        let (holds, sentence) = judge(evidence);
        if !holds && evidence.required {
            return None;
        }
        let points = if holds { evidence.points } else { 0 };
        got += points;
        all += evidence.points;
        reasons.push((sentence, points));
    }
    if all == 0 {
        return None;
    }
    // Nothing on a disk is certain.
    let confidence = (got * 100 / all).min(99) as u8;
    Some(Candidate {
        layout,
        confidence,
        reasons,
    })
}

/// What the `*` of a layout's table names can stand for in this file.
fn stars(layout: &Layout, facts: &SqliteFacts) -> Vec<String> {
    let patterns = layout
        .evidence
        .iter()
        .filter_map(|evidence| evidence.table.as_deref());
    let Some((before, after)) = patterns
        .filter_map(|pattern| pattern.split_once('*'))
        .next()
    else {
        return vec![String::new()];
    };
    let names = facts.tables.iter().map(|table| table.name.as_str());
    names
        .filter_map(|name| Some(name.strip_prefix(before)?.strip_suffix(after)?.to_owned()))
        .collect()
}

fn of_tables(evidence: &Evidence, star: &str, facts: &SqliteFacts) -> (bool, String) {
    let name = evidence
        .table
        .as_deref()
        .unwrap_or_default()
        .replace('*', star);
    let table = facts
        .tables
        .iter()
        .find(|table| table.name.eq_ignore_ascii_case(&name));
    let Some(table) = table else {
        return (false, format!("Table `{name}` is missing"));
    };
    if let (Some(column), Some(pattern)) = (&evidence.column, &evidence.pattern) {
        let at = table
            .columns
            .iter()
            .position(|(own, _)| own.eq_ignore_ascii_case(column));
        let values = table
            .sample
            .iter()
            .filter_map(|row| row.get(at?)?.as_deref());
        return (
            matches(pattern, values),
            format!("Values of `{column}` look like {pattern}"),
        );
    }
    if !evidence.key.is_empty() {
        let holds = same_names(&table.key, &evidence.key);
        let key = evidence.key.join(", ");
        let sentence = if holds {
            format!("Key is ({key})")
        } else {
            format!("Key is not ({key})")
        };
        return (holds, sentence);
    }
    let has = |wanted: &&String| {
        table
            .columns
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(wanted))
    };
    let missing: Vec<&str> = evidence
        .columns
        .iter()
        .filter(|column| !has(column))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        let sentence = match evidence.columns.len() {
            0 => format!("There is a table `{name}`"),
            _ => format!("Table `{name}` has columns {}", evidence.columns.join(", ")),
        };
        (true, sentence)
    } else {
        (
            false,
            format!("Table `{name}` lacks {}", missing.join(", ")),
        )
    }
}

fn same_names(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

fn matches<'a>(pattern: &str, values: impl Iterator<Item = &'a str>) -> bool {
    let Ok(pattern) = Regex::new(pattern) else {
        return false;
    };
    let (mut all, mut good) = (0, 0);
    for value in values {
        all += 1;
        good += usize::from(pattern.is_match(value));
    }
    all > 0 && good * 10 >= all * 9
}

fn of_records(evidence: &Evidence, facts: &JsonFacts) -> (bool, String) {
    if !evidence.around.is_empty() {
        let holds = evidence
            .around
            .iter()
            .all(|name| facts.around.contains(name));
        let names = evidence.around.join(", ");
        let sentence = if holds {
            format!("{names} stands around the events")
        } else {
            format!("No {names} around the events")
        };
        return (holds, sentence);
    }
    let names: Vec<String> = evidence
        .has
        .iter()
        .map(|pointer| pointer.to_string().trim_start_matches('/').to_owned())
        .collect();
    let names = names.join(", ");
    let picker = Picker::new(&evidence.has);
    let (mut whole, mut firsts) = (0, Vec::new());
    for record in &facts.records {
        let mut slots = vec![None; picker.slots()];
        let readable = picker.pick(record, &mut slots).is_ok();
        if readable && slots.iter().all(Option::is_some) {
            whole += 1;
            firsts.extend(slots.first().copied().flatten().and_then(scalar));
        }
    }
    let share = if facts.records.is_empty() {
        0
    } else {
        whole * 100 / facts.records.len()
    };
    let mut holds = share >= 80;
    let mut sentence = if holds {
        format!("Records have {names}")
    } else {
        format!("{share} % of the records have {names}")
    };
    if let (true, Some(pattern)) = (holds, &evidence.pattern) {
        holds = matches(pattern, firsts.iter().map(|text| &**text));
        sentence = format!("Values of {names} look like {pattern}");
    }
    (holds, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, columns: &[&str], key: &[&str]) -> TableFacts {
        TableFacts {
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|column| ((*column).to_owned(), "TEXT".to_owned()))
                .collect(),
            key: key.iter().map(|column| (*column).to_owned()).collect(),
            has_rowid: true,
            ..TableFacts::default()
        }
    }

    #[test]
    fn a_known_library_beats_the_guess_and_says_why() {
        let events = table(
            "stored_events",
            &["originator_id", "originator_version", "topic", "state"],
            &["originator_id", "originator_version"],
        );
        let facts = SqliteFacts {
            tables: vec![events],
        };
        let found = recognise_sqlite(&facts, &super::super::built_in()).expect("recognised");
        assert_eq!(found.best.layout.id, "eventsourcing-python");
        assert!(found.best.reasons[0].0.contains("stored_events"));
    }

    #[test]
    fn a_star_binds_the_prefix_of_a_table() {
        let layout: Layout = toml::from_str(
            r#"
            id = "x"
            name = "X"
            medium = "sqlite"
            [[evidence]]
            table = "*_messages"
            columns = ["a"]
            points = 10
            required = true
            [events]
            from = "{*}_messages m JOIN {*}_streams s USING (id)"
            [events.columns]
            type = "m.a"
            "#,
        )
        .expect("a layout");
        let facts = SqliteFacts {
            tables: vec![table("shop_messages", &["a"], &[])],
        };
        let found = recognise_sqlite(&facts, &[layout]).expect("recognised");
        assert_eq!(
            found.best.layout.events.from,
            "shop_messages m JOIN shop_streams s USING (id)"
        );
    }
}
