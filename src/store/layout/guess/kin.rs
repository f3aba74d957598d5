//! Tables of events that differ in their names only: one for each kind of aggregate, or for each year.
//! They are read as one log.

use std::collections::BTreeMap;

use super::{Guess, TABLES};
use crate::store::layout::sql::{literal, quoted};
use crate::store::layout::tables::{SqliteFacts, TableFacts};
use crate::store::layout::{Events, OrderBy, Role, Source};

/// What a table's name says beside that it is one of events, and how it says that.
fn stem(name: &str) -> Option<(String, String)> {
    let name = name.to_lowercase();
    let words = TABLES.events.iter();
    let mut words = words.flat_map(|word| [format!("{word}s"), word.clone()]);
    let (stem, shape) =
        words.find_map(
            |word| match (name.strip_suffix(&word), name.strip_prefix(&word)) {
                (Some(stem), _) => Some((stem, format!("*{word}"))),
                (None, Some(stem)) => Some((stem, format!("{word}*"))),
                (None, None) => None,
            },
        )?;
    let stem = stem.trim_matches(|c: char| !c.is_alphanumeric());
    let copy = TABLES.copies.iter().any(|copy| stem == copy);
    (!stem.is_empty() && !copy).then(|| (stem.to_owned(), shape))
}

/// What a name says behind its first word, and that word: `watermill_orders` beside `watermill_payments`.
fn rest(name: &str) -> Option<(String, String)> {
    let name = name.to_lowercase();
    let (first, rest) = name.split_once('_')?;
    let word = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
    let copy = (TABLES.copies.iter()).any(|copy| name.split('_').any(|part| part == copy));
    let plain = !first.is_empty() && !rest.is_empty() && !copy && !word(&TABLES.beside);
    plain.then(|| (rest.to_owned(), format!("{first}_*")))
}

/// Reads the tables that are laid out as `taken`, and called like it, with it; their names.
pub(super) fn join(best: &mut Guess, taken: &TableFacts, facts: &SqliteFacts) -> Vec<String> {
    let Some((own, shape)) = stem(&taken.name).or_else(|| rest(&taken.name)) else {
        return Vec::new();
    };
    let stem = |name: &str| stem(name).or_else(|| rest(name));
    let columns = columns(taken, &own);
    let is_kin = |table: &&TableFacts| {
        table.name != taken.name
            && table.is_view == taken.is_view
            && table.own_key() == taken.own_key()
    };
    let kin = facts.tables.iter().filter(is_kin).filter_map(|table| {
        let (stem, own) = stem(&table.name)?;
        let alike = own == shape && self::columns(table, &stem) == columns;
        alike.then_some((table.name.as_str(), (stem, table)))
    });
    let kin: BTreeMap<&str, (String, &TableFacts)> = kin.collect();
    if kin.is_empty() {
        return Vec::new();
    }
    best.events.order = OrderBy::PositionOrTime;
    let of = |table: &TableFacts, stem: &str| {
        let mut events = best.events.clone();
        let both = taken.columns.iter().zip(&table.columns);
        let renamed: Vec<(String, String)> = both
            .filter(|((own, _), (other, _))| own != other)
            .map(|((own, _), (other, _))| (quoted(own), quoted(other)))
            .collect();
        events.for_sql(&mut |sql| {
            for (own, other) in &renamed {
                *sql = sql.replace(own, other);
            }
        });
        named(&events, &table.name, stem)
    };
    let further = kin.values().map(|(stem, table)| of(table, stem)).collect();
    best.events = of(taken, &own);
    best.events.further = further;
    kin.into_keys().map(str::to_owned).collect()
}

/// The columns of a table, of whose names a kind that they begin with is no part: `order_id`.
fn columns(table: &TableFacts, stem: &str) -> Vec<String> {
    let name = |(name, _): &(String, String)| {
        let name = name.to_lowercase();
        match name.strip_prefix(stem).filter(|rest| rest.starts_with('_')) {
            Some(rest) => format!("*{rest}"),
            None => name,
        }
    };
    table.columns.iter().map(name).collect()
}

/// The same source in the table `name`, whose streams are of the kind that its name says, unless that
/// is a date.
fn named(events: &Events, name: &str, stem: &str) -> Events {
    let mut own = events.clone();
    own.from = quoted(name);
    if stem.starts_with(|c: char| c.is_ascii_digit()) {
        return own;
    }
    let category = own.columns.entry(Role::Category);
    category.or_insert_with(|| Source::Constant(stem.to_owned()).into());
    let stream = own.columns.entry(Role::Stream);
    stream.or_insert_with(|| Source::Constant(stem.to_owned()).into());
    if let Some(Source::Sql(stream)) = own
        .columns
        .get_mut(&Role::Stream)
        .map(|own| &mut own.source)
    {
        *stream = format!("stream_name({}, {stream})", literal(stem));
    }
    own
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn names_say_of_what_kind_the_events_are() {
        let of = |name: &str| stem(name).map(|(stem, _)| stem);
        assert_eq!(of("order_events").as_deref(), Some("order"));
        assert_eq!(of("EVENT_Order").as_deref(), Some("order"));
        assert_eq!(of("events_2024_01").as_deref(), Some("2024_01"));
        for none in ["events", "events_backup", "old_events", "orders"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
