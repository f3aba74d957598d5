//! Guessing from one table: its columns, or what stands in the JSON of one of them.

use super::commits;
use super::field::Field;
use super::score::{self, Part};
use super::streams::{self, Before, Naming};
use super::telling::{self, Told};
use super::within::{self, Member, Members, members};
use super::{Guess, Typed, role_named, type_by_category, worth};
use crate::model::json::Pointer;
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::TableFacts;
use crate::store::layout::{Column, Key, Medium, OrderBy, Role, Source};

/// The columns of a table with their values.
pub(super) fn fields_of(facts: &TableFacts) -> Vec<Field<'_>> {
    let of = |at: usize| -> Vec<Option<&str>> {
        let values = facts.sample.iter().map(|row| row.get(at)?.as_deref());
        values.collect()
    };
    let columns = facts.columns.iter().enumerate();
    columns
        .map(|(at, (name, declared))| Field {
            name,
            outer: None,
            under: None,
            declared,
            values: of(at),
            bytes: facts.bytes.get(at).copied().unwrap_or_default(),
            in_key: facts.key.iter().position(|key| key == name),
        })
        .collect()
}

/// A table as events: by its columns, or by an object in one of them, which holds all of an event.
pub(super) fn table(facts: &TableFacts) -> Option<Guess> {
    let own = fields_of(facts);
    let plain = guess(facts, &own);
    if plain
        .as_ref()
        .is_some_and(|plain| plain.typed == Typed::Told)
    {
        return plain;
    }
    let objects = own.iter().filter(|field| {
        let values = field.values.iter().flatten();
        values.filter(|value| value.starts_with('{')).count() * 5 >= field.values.len() * 4
            && !field.values.is_empty()
    });
    let unwrapped = objects.filter_map(|outer| {
        let inner = outer.values.iter();
        let inner: Vec<Members> = inner
            .map(|value| value.and_then(members).unwrap_or_default())
            .collect();
        // A column of the table's own says more than a member that is called alike, but for its key.
        let key = facts.integer_key();
        let beside = own.iter().filter(|field| field.name != outer.name);
        let (keys, mut fields): (Vec<Field<'_>>, Vec<Field<'_>>) =
            beside.cloned().partition(|field| Some(field.name) == key);
        fields.extend(within::fields_of(&inner, Some(outer.name)));
        fields.extend(keys);
        guess(facts, &fields)
    });
    let unwrapped = unwrapped.filter(|guess| guess.typed == Typed::Told);
    let best = unwrapped.max_by_key(|guess| guess.points);
    match plain {
        // A topic is less than a type that stands in the headers under that name.
        Some(plain) => Some(best.filter(|best| !best.is_of_weak_type).unwrap_or(plain)),
        None => best,
    }
}

/// The SQL of a column, or of a member of the object in one.
fn sql(field: &Field<'_>) -> String {
    match field.outer {
        None => quoted(field.name),
        Some(outer) => {
            let pointer = match field.under {
                Some((object, member)) => Pointer::through([object, member]),
                None => Pointer::through([field.name]),
            };
            let pointer = pointer.to_string();
            format!("json_at({}, {})", quoted(outer), literal(&pointer))
        }
    }
}

fn guess(facts: &TableFacts, own: &[Field<'_>]) -> Option<Guess> {
    let members = match own.iter().any(|field| field.outer.is_some()) {
        true => within::members_of(own),
        false => Vec::new(),
    };
    let further = members.iter().map(Member::field);
    let fields: Vec<Field<'_>> = own.iter().cloned().chain(further).collect();
    let fields = &fields[..];
    let mut parts = score::cast(fields);
    let commits = commits::find(fields);
    if let Some(commits) = &commits {
        commits.leave(&mut parts);
    }
    telling::drop_weak_type(&mut parts, fields, Some(&facts.name), Told::Not);
    let naming = streams::name(&mut parts, fields);
    if !telling::tells_of_events(&parts, fields, Some(&facts.name)) {
        return None;
    }
    let place = format!("table `{}`", facts.name);
    let column = |part: &Part| Column::sql(sql(&fields[part.field]));
    let further = match &commits {
        Some(commits) => commits.columns(),
        None => Vec::from_iter(type_by_category(&parts, fields, column)),
    };
    let mut guess = Guess::assemble(Medium::Sqlite, &parts, fields, &place, column, further)?;
    guess.name_streams(&naming, &parts, fields);
    guess.read_packed(&parts, fields);
    if commits.is_none() {
        guess.take_the_rest(facts, &parts, fields);
    }
    guess.stream_by_tags(facts, fields);
    guess.look_within(&parts, fields);
    guess.stream_by_category(&parts, fields);
    guess.take_key(facts, &parts, fields, &place);
    guess.events.from = quoted(&facts.name);
    guess.events.key = facts.own_key();
    // Neither the order of a primary key nor that of a view says when rows came.
    let timed = guess.has(Role::RecordedAt) || guess.has(Role::OccurredAt);
    let keyed = matches!(guess.events.key, Some(Key::Row(_)));
    if !keyed && !guess.has(Role::Position) && timed {
        guess.events.order = OrderBy::Time;
    }
    if let Some(commits) = &commits {
        let list = sql(&fields[commits.field]);
        guess.events.columns.remove(&Role::Position);
        guess.take_commits(commits, facts, (&parts, fields), &list);
        guess.typed = Typed::Told;
    }
    guess.weigh_name(&facts.name);
    Some(guess)
}

impl Guess {
    /// Puts before the ids of streams what tells those of one id apart.
    fn name_streams(&mut self, naming: &Naming, parts: &[Part], fields: &[Field<'_>]) {
        for sentence in &naming.told {
            self.add(0, sentence.clone());
        }
        let Some(stream) = parts.iter().find(|part| part.role == Role::Stream) else {
            return;
        };
        if naming.before.is_empty() {
            return;
        }
        let mut named = format!("uuid_text({})", sql(&fields[stream.field]));
        // The kind stands next to the id.
        for before in naming.before.iter().rev() {
            named = match before {
                Before::Kind(kind) => {
                    let field = &fields[*kind];
                    let kind = match field.is_of_php() {
                        true => format!("part({}, '\\', -1)", sql(field)),
                        false => sql(field),
                    };
                    format!("stream_name({kind}, {named})")
                }
                Before::Number(kind) => {
                    format!("coalesce({} || '-', '') || {named}", sql(&fields[*kind]))
                }
                Before::Tenant(tenant) => {
                    let tenant = sql(&fields[*tenant]);
                    format!("coalesce(nullif({tenant}, '') || '/', '') || {named}")
                }
            };
        }
        self.events.columns.insert(Role::Stream, Column::sql(named));
    }

    /// A payload that is all the columns that play no other part, where there are such.
    fn take_the_rest(&mut self, facts: &TableFacts, parts: &[Part], fields: &[Field<'_>]) {
        if self.has(Role::Payload) {
            return;
        }
        let outer = parts.iter().find_map(|part| fields[part.field].outer);
        let (payload, sentence) = match outer {
            Some(outer) => (
                Column::sql(quoted(outer)),
                format!("`{outer}` is taken for the payload, since the event stands in it"),
            ),
            None => {
                let key = facts.integer_key();
                let free = fields.iter().enumerate().filter(|(at, field)| {
                    parts.iter().all(|part| part.field != *at) && Some(field.name) != key
                });
                let free: Vec<&Field<'_>> = free.map(|(_, field)| field).collect();
                // One that is called so, and of which no row tried has anything, may have it in others.
                let is_payload = |field: &&&Field<'_>| {
                    role_named(field.name) == Some(Role::Payload)
                        && field.values.iter().all(Option::is_none)
                };
                if let Some(empty) = free.iter().find(is_payload) {
                    let column = Column::sql(quoted(empty.name));
                    self.events.columns.insert(Role::Payload, column);
                    return;
                }
                let free: Vec<String> = free
                    .iter()
                    .map(|field| format!("`{}`", field.name))
                    .collect();
                if free.is_empty() {
                    return;
                }
                let sentence = format!("The payload is the other columns: {}", free.join(", "));
                (Source::Rest.into(), sentence)
            }
        };
        self.add(0, sentence);
        self.events.columns.insert(Role::Payload, payload);
    }

    /// The integer key is the position, where nothing else is.
    fn take_key(&mut self, facts: &TableFacts, parts: &[Part], fields: &[Field<'_>], place: &str) {
        let (Some(key), false) = (facts.integer_key(), self.has(Role::Position)) else {
            return;
        };
        let free = parts.iter().all(|part| fields[part.field].name != key);
        if free || self.drop_role(Role::EventId, key, parts, fields) {
            let column = Column::sql(quoted(key));
            self.events.columns.insert(Role::Position, column);
            let sentence = format!("`{key}` of {place} is its integer key");
            self.add(worth(Role::Position), sentence);
        }
    }
}
