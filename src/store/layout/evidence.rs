//! Matching a store against the layouts: points for what speaks for each, with the reasons kept.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::alike::{self, Alike};
use super::prefix::prefixed;
use super::tables::{of_tables, stars};
use super::{Layout, Medium, SqliteFacts, guess};
use crate::model::json::{Picker, Pointer, scalar, string};

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
    /// JSON: nearly all records have a value at one of these pointers at least.
    pub any: Vec<Pointer>,
    /// JSON: there are such fields around the records.
    pub around: Vec<String>,
    /// JSON: the file is one object with such members.
    pub document: Vec<String>,
    /// JSON: `has` and `any` are looked for within the value at one of these pointers, also where that is
    /// written as a text.
    pub inside: Vec<Pointer>,
    /// JSON: no record has keys but these, at its top.
    pub only: Vec<String>,
    /// JSON: no two records have the same value at the first of `has`.
    pub distinct: bool,
    /// A regular expression that the values match: of `column`, or of the first of `has`.
    pub pattern: Option<String>,
    /// How much it speaks for the layout.
    pub points: u32,
    /// Without it the layout is out of the question.
    pub required: bool,
}

/// What recognition looks at in a JSON file.
#[derive(Clone, Debug, Default)]
pub struct JsonFacts {
    /// The first records.
    pub records: Vec<String>,
    /// Names of the fields around them.
    pub around: Vec<String>,
    /// Those of them whose values are not the same around all records.
    pub apart: Vec<String>,
    /// Names of the members of the one object that the file is.
    pub members: Vec<String>,
    /// What is wrong with the file as far as that was seen, with its place; only where it has no
    /// records.
    pub problems: Vec<String>,
    /// By the ids of layouts that say where records are: the first records there.
    pub told: BTreeMap<String, Vec<String>>,
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
    /// The tables of the file that are laid out alike, this one among them, where there are several.
    pub alike: Vec<Alike>,
}

impl Candidate {
    /// Columns that were looked for and found: of two layouts that are as sure, the one that knows more
    /// of a table is the one that is meant.
    fn columns(&self) -> usize {
        let found = self.layout.evidence.iter().zip(&self.reasons);
        let found = found.filter(|(_, (_, points))| *points > 0);
        found.map(|(evidence, _)| evidence.columns.len()).sum()
    }
}

/// What a file can be taken for.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What it is taken for.
    pub best: Candidate,
    /// What it would be taken for otherwise, best first.
    pub others: Vec<Candidate>,
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
            let mut bound = layout.clone();
            bound.bind(&star);
            let candidate = weigh(bound, |evidence| of_tables(evidence, &star, facts));
            Some((star, candidate?))
        });
        match alike::together(layout, bound.collect(), facts) {
            Some(best) => candidates.push(best),
            None => {
                let behind = prefixed(layout, facts).into_iter();
                let behind = behind.filter_map(|(prefix, layout)| {
                    let candidate = weigh(layout, |evidence| of_tables(evidence, "", facts));
                    Some((prefix, candidate?))
                });
                candidates.extend(alike::together(layout, behind.collect(), facts));
            }
        }
    }
    candidates.extend(guess::sqlite(facts));
    candidates.extend(guess::workflows(facts));
    candidates.extend(guess::histories(facts));
    let mut found = rank(candidates)?;
    let aside = facts.set_aside.iter().map(|sentence| (sentence.clone(), 0));
    found.best.reasons.extend(aside);
    Some(found)
}

/// Matches a JSON file against `layouts` and against a guess by roles.
#[must_use]
pub fn recognise_json(facts: &JsonFacts, layouts: &[Layout]) -> Option<Recognised> {
    let json = layouts
        .iter()
        .filter(|layout| layout.medium == Medium::Json);
    let mut candidates: Vec<Candidate> = json
        .filter_map(|layout| {
            let records = match layout.events.records {
                Some(_) => facts.told.get(&layout.id)?,
                None => &facts.records,
            };
            weigh(layout.clone(), |evidence| {
                of_records(evidence, records, facts)
            })
        })
        .collect();
    candidates.extend(guess::json(facts));
    rank(candidates)
}

fn rank(mut candidates: Vec<Candidate>) -> Option<Recognised> {
    let points = |own: &Candidate| own.reasons.iter().map(|(_, points)| points).sum::<u32>();
    let worth = |own: &Candidate| (own.confidence, own.columns(), points(own));
    candidates.sort_by_key(|candidate| std::cmp::Reverse(worth(candidate)));
    let mut candidates = candidates.into_iter();
    Some(Recognised {
        best: candidates.next()?,
        others: candidates.collect(),
    })
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
        alike: Vec::new(),
    })
}

/// Whether nine of ten values match.
/// A value that is longer is not told as an example.
const TOLD: usize = 40;

pub(super) fn matches<'a>(pattern: &str, values: impl Iterator<Item = &'a str>) -> bool {
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

impl Layout {
    /// Whether a file that is one object with these members can be of this layout.
    pub(in crate::store) fn is_of_document(&self, members: &[String]) -> bool {
        let required = self.evidence.iter().filter(|evidence| evidence.required);
        let mut names = required.flat_map(|evidence| &evidence.document);
        names.all(|name| members.contains(name))
    }
}

fn of_records(evidence: &Evidence, records: &[String], facts: &JsonFacts) -> (bool, String) {
    if !evidence.document.is_empty() {
        let missing = evidence
            .document
            .iter()
            .find(|name| !facts.members.contains(name));
        let sentence = match missing {
            None => format!(
                "The file is an object with {}",
                evidence.document.join(", ")
            ),
            Some(name) => format!("The file is no object with {name}"),
        };
        return (missing.is_none(), sentence);
    }
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
    if !evidence.only.is_empty() {
        return only(&evidence.only, records);
    }
    if !evidence.inside.is_empty() {
        let inner = inside(&evidence.inside, records);
        let evidence = Evidence {
            inside: Vec::new(),
            ..evidence.clone()
        };
        return of_values(&evidence, &inner);
    }
    of_values(evidence, records)
}

/// What the values at pointers of the records say.
fn of_values(evidence: &Evidence, records: &[String]) -> (bool, String) {
    let (wanted, between) = match evidence.any.is_empty() {
        true => (&evidence.has, ", "),
        false => (&evidence.any, " or "),
    };
    let names: Vec<String> = wanted
        .iter()
        .map(|pointer| pointer.to_string().trim_start_matches('/').to_owned())
        .collect();
    let names = names.join(between);
    let picker = Picker::new(wanted);
    let (mut whole, mut firsts) = (0, Vec::new());
    for record in records {
        let mut slots = vec![None; picker.slots()];
        let readable = picker.pick(record, &mut slots).is_ok();
        let holds = match evidence.any.is_empty() {
            true => slots.iter().all(Option::is_some),
            false => slots.iter().any(Option::is_some),
        };
        if readable && holds {
            whole += 1;
            firsts.extend(slots.iter().copied().flatten().next().and_then(scalar));
        }
    }
    let share = whole * 100 / records.len().max(1);
    let mut holds = share >= 80;
    let mut sentence = if holds {
        format!("Records have {names}")
    } else {
        format!("{share} % of the records have {names}")
    };
    if let (true, Some(pattern)) = (holds, &evidence.pattern) {
        holds = matches(pattern, firsts.iter().map(|text| &**text));
        let such = firsts.first().filter(|_| holds);
        sentence = match such.filter(|value| value.len() <= TOLD) {
            Some(value) => format!("Values of {names} look as they should, such as {value}"),
            None => format!("Values of {names} look as they should"),
        };
    }
    if holds && evidence.distinct {
        let all = firsts.len();
        firsts.sort_unstable();
        firsts.dedup();
        holds = firsts.len() == all && all > 1;
        sentence = match holds {
            true => format!("No value of {names} comes twice"),
            false => format!("Values of {names} come again"),
        };
    }
    (holds, sentence)
}

/// What stands in records at one of these pointers; nothing where there is null.
fn inside(pointers: &[Pointer], records: &[String]) -> Vec<String> {
    let picker = Picker::new(pointers);
    let of = |record: &String| {
        let mut slots = vec![None; picker.slots()];
        picker.pick(record, &mut slots).ok()?;
        let raw = slots.into_iter().flatten().find(|raw| *raw != "null")?;
        Some(string(raw).map_or_else(|| raw.to_owned(), Cow::into_owned))
    };
    records.iter().filter_map(of).collect()
}

/// Whether records have keys of these names only.
fn only(names: &[String], records: &[String]) -> (bool, String) {
    let other = records.iter().find_map(|record| {
        let read: Option<BTreeMap<String, serde::de::IgnoredAny>> =
            serde_json::from_str(record).ok();
        match read {
            None => Some("something else".to_owned()),
            Some(read) => read.into_keys().find(|key| !names.contains(key)),
        }
    });
    match other {
        None => (
            true,
            format!("Records have no keys but {}", names.join(", ")),
        ),
        Some(key) => (false, format!("Records have {key}, too")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::layout::TableFacts;

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
            ..SqliteFacts::default()
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
            ..SqliteFacts::default()
        };
        let found = recognise_sqlite(&facts, &[layout]).expect("recognised");
        assert_eq!(
            found.best.layout.events.from,
            "\"shop_messages\" m JOIN \"shop_streams\" s USING (id)"
        );
    }

    #[test]
    fn a_star_is_found_in_any_pattern_and_case_and_others_are_told_of() {
        let layout: Layout = toml::from_str(
            r#"
            id = "x"
            name = "X"
            medium = "sqlite"
            [[evidence]]
            table = "*_settings"
            points = 1
            [[evidence]]
            table = "*_messages"
            columns = ["a"]
            points = 10
            required = true
            [events]
            from = "{*}_messages"
            [events.columns]
            type = "a"
            "#,
        )
        .expect("a layout");
        let names = ["crm-2_Messages", "shop-1_messages", "other_settings"];
        let facts = SqliteFacts {
            tables: names.map(|name| table(name, &["a"], &[])).to_vec(),
            ..SqliteFacts::default()
        };
        let best = recognise_sqlite(&facts, &[layout])
            .expect("recognised")
            .best;
        assert_eq!(best.layout.events.from, "\"crm-2_messages\"");
        let told = &best.reasons.last().expect("a reason").0;
        assert_eq!(
            told,
            "Tables named after `crm-2`, `shop-1` are laid out alike; their events make one log"
        );
    }
}
