//! Unknown stores: which column plays which part, by names and by what the values look like. Every
//! point is given for a reason that is shown.

mod actions;
mod beside;
mod commits;
mod field;
mod histories;
mod keyed;
mod kin;
mod named;
mod names;
mod pairs;
mod records;
mod score;
mod streams;
mod table;
mod tagged;
mod tags;
mod telling;
#[cfg(test)]
mod tests;
mod unnamed;
mod within;
mod workflows;

pub(super) use histories::sqlite as histories;
pub(in crate::store) use names::role_named;
pub(super) use records::{json, proposals as proposals_of_records};
pub(super) use workflows::sqlite as workflows;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use field::Field;
use score::Part;
use serde::Deserialize;
use table::{fields_of, table};

use super::alike::is_copy;
use super::evidence::Candidate;
use super::sql::quoted;
use super::tables::{SqliteFacts, TableFacts};
use super::{Capture, Column, Encoding, Events, Layout, Medium, Role};
use crate::log::Clock;

/// What tables of events are called, and what those that stand beside them.
#[derive(Debug, Default, Deserialize)]
struct TableNames {
    events: Vec<String>,
    beside: Vec<String>,
    copies: Vec<String>,
}

static TABLES: LazyLock<TableNames> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/assets/layouts/roles/tables.toml"
    ));
    toml::from_str(text).unwrap_or_default()
});

/// What each role found is worth. A guess never reaches a recognised layout's certainty.
const fn worth(role: Role) -> u32 {
    match role {
        Role::Type => 20,
        Role::Stream => 14,
        Role::Payload => 12,
        Role::RecordedAt | Role::OccurredAt => 8,
        Role::Version | Role::Position => 6,
        Role::EventId => 3,
        _ => 1,
    }
}

/// How sure a guess can be.
const MOST: u32 = 70;

/// The id of a layout that is a guess.
pub(in crate::store) const GUESSED: &str = "generic";

/// What the names of times have in them that are of a copy and not of the event.
const IMPORTS: [&str; 5] = ["import", "ingest", "load", "sync", "migrat"];

/// Tables that have but so much less are as good.
const ALIKE: u32 = 5;

/// What a table's name brings, or takes.
const TABLE_NAME: u32 = 8;

/// A mapping as it grows.
struct Guess {
    medium: Medium,
    events: Events,
    points: u32,
    reasons: Vec<(String, u32)>,
    typed: Typed,
    /// Nothing in its name speaks for the type.
    is_of_weak_type: bool,
    /// How sure it can be at most.
    most: u32,
}

/// What tells the type of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Typed {
    /// Something of their own.
    #[default]
    Told,
    /// The topic, since nothing else does.
    ByCategory,
}

/// The table of a SQLite file that looks most like events; of equals the longest.
pub(super) fn sqlite(facts: &SqliteFacts) -> Option<Candidate> {
    let guesses = facts
        .tables
        .iter()
        .filter_map(|facts| Some((table(facts)?, facts)));
    let mut guesses: Vec<(Guess, &TableFacts)> = guesses.collect();
    // A copy tells no more than what it was made of, however long it is.
    guesses.sort_by_key(|(guess, facts)| {
        let less = if is_copy(&facts.name) { ALIKE } else { 0 };
        Reverse((guess.points.saturating_sub(less), facts.rows))
    });
    let mut guesses = guesses.into_iter();
    let (mut best, taken) = guesses.next()?;
    // Where rows are commits, their table goes by another name.
    let plain = best.events.part.is_none();
    let kin = match plain {
        true => kin::join(&mut best, taken, facts),
        false => Vec::new(),
    };
    let alike: Vec<String> = guesses
        .take_while(|(guess, _)| guess.points + ALIKE >= best.points)
        .filter(|(_, facts)| !kin.contains(&facts.name))
        .map(|(_, facts)| format!("`{}`", facts.name))
        .collect();
    if !kin.is_empty() {
        let (kin, taken) = (kin.join("`, `"), &taken.name);
        best.add(
            0,
            format!("`{kin}` is laid out as `{taken}`, and read with it"),
        );
    }
    if kin.is_empty() && plain {
        named::streams(&mut best, taken, facts);
        named::kinds(&mut best, taken, facts);
        actions::name(&mut best, taken);
    }
    if !alike.is_empty() {
        let (alike, taken) = (alike.join(", "), &taken.name);
        let sentence = format!("{alike} would do as well or nearly so; only `{taken}` is read");
        best.add(0, sentence);
    }
    let mut own: Vec<&str> = kin.iter().map(String::as_str).collect();
    own.push(&taken.name);
    let beside = beside::tables(facts, &best.events, &own);
    for sentence in beside.told {
        best.add(0, sentence);
    }
    let mut candidate = best.candidate();
    candidate.layout.side = beside.tables;
    Some(candidate)
}

/// What each column of a table reads like, whether or not its rows are events.
pub(super) fn proposals_of_table(facts: &TableFacts) -> BTreeMap<Role, Column> {
    let fields = fields_of(facts);
    let parts = score::cast(&fields).into_iter();
    let column = |part: &Part| Column::sql(quoted(fields[part.field].name));
    parts.map(|part| (part.role, column(&part))).collect()
}

/// How much what a part of a file reads like speaks for events.
pub(super) fn worth_of(proposals: &BTreeMap<Role, Column>) -> u32 {
    proposals.keys().map(|role| worth(*role)).sum()
}

/// kcat and the like tell topics apart and no types: better those than none.
fn type_by_category(
    parts: &[Part],
    fields: &[Field<'_>],
    column: impl Fn(&Part) -> Column,
) -> Option<(Role, Column)> {
    if parts.iter().any(|part| part.role == Role::Type) {
        return None;
    }
    let mut topics = parts.iter().filter(|part| {
        part.role == Role::Category && fields[part.field].name.to_lowercase().contains("topic")
    });
    Some((Role::Type, column(topics.next()?)))
}

impl Guess {
    fn assemble(
        medium: Medium,
        parts: &[Part],
        fields: &[Field<'_>],
        place: &str,
        column: impl Fn(&Part) -> Column,
        further: Vec<(Role, Column)>,
    ) -> Option<Self> {
        let mut guess = Self {
            medium,
            events: Events::default(),
            points: 0,
            reasons: Vec::new(),
            typed: Typed::Told,
            most: telling::most(parts, fields),
            is_of_weak_type: (parts.iter())
                .any(|part| part.role == Role::Type && telling::is_weak(&fields[part.field])),
        };
        if further.iter().any(|(role, _)| *role == Role::Type) {
            guess.typed = Typed::ByCategory;
        }
        for part in parts {
            let name = fields[part.field].name;
            let worth = match part.role {
                Role::Type if telling::is_weak(&fields[part.field]) => worth(Role::Type) / 2,
                role => worth(role),
            };
            let sentence = format!(
                "`{name}` of {place} reads like the {}{}",
                part.role.name(),
                part.because
            );
            guess.add(worth, sentence);
            let mut column = column(part);
            let named = matches!(part.role, Role::Type | Role::Category);
            if let (true, Some(pattern)) = (named, fields[part.field].class_name()) {
                column.capture = Capture::of_pattern(pattern);
            }
            guess.events.columns.insert(part.role, column);
        }
        for (role, column) in further {
            let sentence = format!("The {} is taken from {column}", role.name());
            guess.add(worth(role) / 2, sentence);
            guess.events.columns.insert(role, column);
        }
        let recorded = parts.iter().find(|part| part.role == Role::RecordedAt);
        if let (Some(part), true) = (recorded, guess.has(Role::OccurredAt)) {
            let name = fields[part.field].name.to_lowercase();
            if IMPORTS.iter().any(|word| name.contains(word)) {
                let sentence = format!("`{}` is the moment of an import", fields[part.field].name);
                guess.add(0, sentence);
                guess.events.clock = Some(Clock::Occurred);
            }
        }
        let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
        if !timed {
            guess.tell_of_odd_times(parts, fields, place);
        }
        let more = guess.has(Role::Stream) || guess.has(Role::Payload) || timed;
        if !guess.has(Role::Type) || !more {
            return None;
        }
        for role in [Role::Stream, Role::Version, Role::Payload] {
            if !guess.has(role) {
                let sentence = format!("Nothing in {place} reads like the {}", role.name());
                guess.add(0, sentence);
            }
        }
        Some(guess)
    }

    /// Says of which columns some values are times, where nothing is taken for the time.
    fn tell_of_odd_times(&mut self, parts: &[Part], fields: &[Field<'_>], place: &str) {
        for (at, field) in fields.iter().enumerate() {
            let free = parts.iter().all(|part| part.field != at);
            let looks = field.looks();
            if free && looks.times > 0 && looks.times < looks.count && !looks.json.nearly() {
                let (name, odd) = (field.name, looks.count - looks.times);
                let sentence = format!(
                    "`{name}` of {place} is not taken for the time, since {odd} of the {} values looked at are no times",
                    looks.count
                );
                self.add(0, sentence);
            }
        }
    }

    fn has(&self, role: Role) -> bool {
        self.events.columns.contains_key(&role)
    }

    fn add(&mut self, points: u32, sentence: String) {
        self.points += points;
        self.reasons.push((sentence, points));
    }

    /// Takes a role back from the field called `name`; whether it had it.
    fn drop_role(&mut self, role: Role, name: &str, parts: &[Part], fields: &[Field<'_>]) -> bool {
        let has = |part: &Part| part.role == role && fields[part.field].name == name;
        if !parts.iter().any(has) {
            return false;
        }
        self.events.columns.remove(&role);
        self.points -= worth(role);
        self.reasons
            .retain(|(sentence, _)| !sentence.starts_with(&format!("`{name}` of")));
        true
    }

    /// Where no field names streams, but one names what they are about, that is all there is to tell
    /// them apart.
    fn stream_by_category(&mut self, parts: &[Part], fields: &[Field<'_>]) {
        let category = parts.iter().find(|part| part.role == Role::Category);
        let (Some(category), false) = (category, self.has(Role::Stream)) else {
            return;
        };
        let field = &fields[category.field];
        let Some(column) = self.events.columns.get(&Role::Category).cloned() else {
            return;
        };
        if names::normal(field.name) == "source" || !field.looks().repeats() {
            return;
        }
        let sentence = format!("Streams are told apart by `{}` alone", field.name);
        self.add(0, sentence);
        // A name such as `order-7` says by itself of what kind it is.
        if field.names_with_numbers() {
            self.events.columns.remove(&Role::Category);
        }
        self.events.columns.insert(Role::Stream, column);
    }

    /// Says how JSON that is packed is unpacked, where it does not say that by itself.
    fn read_packed(&mut self, parts: &[Part], fields: &[Field<'_>]) {
        for part in parts {
            if !matches!(part.role, Role::Payload | Role::Metadata) {
                continue;
            }
            let field = &fields[part.field];
            let decoder = field.bytes.decoder.or(field.looks().packed);
            let column = self.events.columns.get_mut(&part.role);
            if let (Some(decoder), Some(column)) = (decoder, column) {
                column.encoding = Some(Encoding::Data(decoder));
                let (name, decoder) = (field.name, decoder.name().replace('_', " "));
                self.add(
                    0,
                    format!("`{name}` is read as {decoder}, as its values look"),
                );
            }
        }
    }

    fn weigh_name(&mut self, table: &str) {
        let name = table.to_lowercase();
        let has = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
        if has(&TABLES.beside) {
            self.points = self.points.saturating_sub(2 * TABLE_NAME);
            let sentence = format!("`{table}` is what tables beside events are called");
            self.reasons.push((sentence, 0));
        } else if has(&TABLES.events) {
            self.add(
                TABLE_NAME,
                format!("`{table}` is what tables of events are called"),
            );
        }
    }

    fn candidate(mut self) -> Candidate {
        let name = match self.medium {
            Medium::Sqlite => "Generic event table",
            Medium::Json => "Generic JSON events",
        };
        self.reasons.sort_by_key(|(_, points)| Reverse(*points));
        let layout = Layout {
            id: GUESSED.to_owned(),
            name: name.to_owned(),
            medium: self.medium,
            notes:
                "Guessed from the names and values of the columns; correct it where it is wrong."
                    .to_owned(),
            evidence: Vec::new(),
            events: self.events,
            about: None,
            lookup: BTreeMap::new(),
            side: BTreeMap::new(),
            odd: Vec::new(),
        };
        Candidate {
            layout,
            confidence: self.points.min(self.most) as u8,
            reasons: self.reasons,
            alike: Vec::new(),
        }
    }
}
