//! What the values of several fields say together: a stream and a version are those by which each
//! event is told from all others, and which count; a kind of stream is the same in all of a stream.

use std::collections::{HashMap, HashSet};

use super::field::{Field, Looks};
use super::keyed;
use super::names;
use super::score::{ENOUGH, Part};
use super::telling;
use super::unnamed;
use crate::store::layout::Role;

/// What it brings a stream that its versions count, and what it takes that they come again and again
/// where those of another do not.
const COUNTS: i32 = 14;
const CLASHES: i32 = 40;

/// What it takes a type that it is always the same, where another is not.
const SAME: i32 = 40;

/// How numbers lie within streams.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Numbers {
    /// Rows with a stream and a number.
    rows: usize,
    /// Rows whose stream and number stood before.
    again: usize,
    /// Rows whose stream stood before.
    later: usize,
    /// Of those the rows whose number is by one away from the stream's last.
    steps: usize,
    /// No number stands twice although there are several streams: it counts through all of them, as
    /// versions do not, which begin alike.
    global: bool,
}

impl Numbers {
    /// The numbers of a field within streams named by several fields together.
    pub fn of(fields: &[Field<'_>], stream: &[usize], number: usize) -> Self {
        let mut own = Self::default();
        let mut seen: HashSet<(Vec<&str>, i64)> = HashSet::new();
        let mut last: HashMap<Vec<&str>, i64> = HashMap::new();
        let mut numbers: HashSet<i64> = HashSet::new();
        for row in 0..fields[number].values.len() {
            let value = |field: &usize| fields[*field].values.get(row).copied().flatten();
            let number = value(&number).and_then(|text| text.parse::<i64>().ok());
            let name: Option<Vec<&str>> = stream.iter().map(value).collect();
            let (Some(name), Some(number)) = (name, number) else {
                continue;
            };
            own.rows += 1;
            numbers.insert(number);
            own.again += usize::from(!seen.insert((name.clone(), number)));
            if let Some(before) = last.insert(name, number) {
                own.later += 1;
                own.steps += usize::from(number.abs_diff(before) == 1);
            }
        }
        own.global = own.rows >= FEW && numbers.len() == own.rows && last_of(&seen) > 1;
        own
    }

    /// Streams and numbers tell nearly all rows apart.
    pub fn tell_apart(self) -> bool {
        self.again * 20 <= self.rows
    }

    /// Far too many rows have a stream and a number that stood before.
    pub fn clash(self) -> bool {
        self.again * 5 > self.rows
    }

    /// Fewer rows have a stream and a number that stood before.
    pub fn again_less_than(self, other: Self) -> bool {
        self.again < other.again
    }

    /// They count on within streams.
    pub fn count(self) -> bool {
        self.later > 0 && self.steps * 2 >= self.later && !self.global
    }
}

/// From so many rows on it is no chance that none of their numbers stands twice.
const FEW: usize = 4;

/// How many streams there are.
fn last_of(seen: &HashSet<(Vec<&str>, i64)>) -> usize {
    let streams: HashSet<&[&str]> = seen.iter().map(|(stream, _)| &stream[..]).collect();
    streams.len()
}

/// Adds to the points of streams, versions and types what they say together, and takes what they do not.
pub(super) fn weigh(fields: &[Field<'_>], looks: &[Looks], offers: &mut Vec<Part>) {
    let of = |offers: &[Part], role: Role| -> Vec<usize> {
        let own = offers.iter().filter(|offer| offer.role == role);
        own.map(|offer| offer.field).collect()
    };
    let named = |offers: &[Part], role: Role| -> Vec<usize> {
        let mut own = of(offers, role);
        own.retain(|field| names::name_points(role, fields[*field].name) > 0);
        own
    };
    let streams: Vec<usize> = of(&offers[..], Role::Stream);
    let streams: Vec<usize> = streams
        .into_iter()
        .filter(|field| looks[*field].distinct < looks[*field].count)
        .collect();
    weigh_kinds(fields, offers);
    weigh_times(looks, offers);
    let kinds = kinds(fields, offers);
    let versions = named(&offers[..], Role::Version);
    // Of each stream how each version lies in it, by whichever kind or tenant tells it best apart.
    let numbers = |stream: usize, version: usize| -> Numbers {
        let plain = Numbers::of(fields, &[stream], version);
        let further: Vec<usize> = kinds
            .iter()
            .copied()
            .filter(|kind| *kind != stream)
            .collect();
        let one = further.iter().map(|kind| vec![*kind, stream]);
        // A kind of a tenant.
        let two = further.iter().enumerate().flat_map(|(at, kind)| {
            let others = further[at + 1..].iter();
            others.map(move |other| vec![*kind, *other, stream])
        });
        let numbers = one
            .chain(two)
            .map(|names| Numbers::of(fields, &names, version));
        std::iter::once(plain)
            .chain(numbers)
            .min_by_key(|own| own.again)
            .unwrap_or(plain)
    };
    let mut table: HashMap<(usize, usize), Numbers> = HashMap::new();
    for &stream in &streams {
        for &version in versions.iter().filter(|version| **version != stream) {
            table.insert((stream, version), numbers(stream, version));
        }
    }
    let fits = |(_, own): (&(usize, usize), &Numbers)| own.tell_apart() && own.count();
    let fitting = table.iter().any(fits);
    if !fitting && keyed::weigh(fields, looks, offers) {
        weigh_types(fields, looks, &named(&offers[..], Role::Type), offers);
        keyed::weigh_types(fields, looks, offers);
        return;
    }
    if !fitting && let Some(found) = unnamed::kind(fields, looks, (&streams[..], &versions[..])) {
        // What tells ids apart is no id.
        offers.retain(|own| own.field != found.kind || own.role != Role::Stream);
        offers.push(found.part());
        table.extend(found.numbers);
    }
    weigh_ids(fields, &table, offers);
    weigh_streams(&table, &streams, offers);
    weigh_versions(&table, (fields, looks), &versions, offers);
    weigh_types(fields, looks, &named(&offers[..], Role::Type), offers);
    unnamed::kind_in_type(fields, looks, offers);
}

/// An id that is a row's own only beside another id, of which it comes once, is that of an event and not
/// of a stream: the other is, as a run's is of which each has its first event.
fn weigh_ids(fields: &[Field<'_>], table: &HashMap<(usize, usize), Numbers>, offers: &mut [Part]) {
    let streams: Vec<usize> = (offers.iter())
        .filter(|offer| offer.role == Role::Stream)
        .map(|offer| offer.field)
        .collect();
    let counts = |stream: usize| {
        let mut own = table.iter().filter(|((own, _), _)| *own == stream);
        own.any(|(_, own)| own.tell_apart() && own.count())
    };
    let of_another = |id: usize| {
        let others = streams.iter().filter(|other| **other != id);
        let mut others = others.filter(|other| names::is_some_id(fields[**other].name));
        others.any(|other| tell_rows_apart(fields, *other, id))
    };
    for offer in offers.iter_mut().filter(|own| own.role == Role::Stream) {
        let named = names::name_points(Role::EventId, fields[offer.field].name) > 0;
        if named && !counts(offer.field) && of_another(offer.field) {
            offer.points -= CLASHES;
        }
    }
}

/// Whether no two rows have the same of both, though each of them comes again.
fn tell_rows_apart(fields: &[Field<'_>], one: usize, other: usize) -> bool {
    let (mut rows, mut both) = (0, HashSet::new());
    let (mut ones, mut others) = (HashSet::new(), HashSet::new());
    for pair in fields[one].values.iter().zip(&fields[other].values) {
        let (Some(one), Some(other)) = pair else {
            return false;
        };
        rows += 1;
        both.insert((one, other));
        ones.insert(one);
        others.insert(other);
    }
    rows >= FEW && both.len() == rows && ones.len() < rows && others.len() < rows
}

/// A time that all events have is that of what carries them, where another is not the same.
fn weigh_times(looks: &[Looks], offers: &mut [Part]) {
    for role in [Role::RecordedAt, Role::OccurredAt] {
        let constant = |offer: &Part| looks[offer.field].is_constant();
        let mut own = offers.iter().filter(|offer| offer.role == role);
        let varies = own.any(|offer| !constant(offer) && looks[offer.field].time);
        for offer in offers.iter_mut().filter(|own| own.role == role) {
            if varies && looks[offer.field].is_constant() {
                offer.points -= SAME;
            }
        }
    }
}

/// What it brings a kind that it is called as the stream is: `entity_model` beside `entity_id`.
const CALLED_ALIKE: i32 = 45;

fn weigh_kinds(fields: &[Field<'_>], offers: &mut [Part]) {
    let first = |field: usize| -> Option<String> {
        let mut words = telling::words(fields[field].name);
        let first = words.next().map(str::to_lowercase);
        first.filter(|_| words.next().is_some())
    };
    let streams = offers.iter().filter(|offer| offer.role == Role::Stream);
    let best = streams.max_by_key(|offer| offer.points);
    let Some(called) = best.and_then(|best| first(best.field)) else {
        return;
    };
    for offer in offers.iter_mut().filter(|own| own.role == Role::Category) {
        let named = names::name_points(Role::Category, fields[offer.field].name) > 0;
        if named && first(offer.field).is_some_and(|own| own == called) {
            offer.points += CALLED_ALIKE;
        }
    }
}

fn weigh_streams(table: &HashMap<(usize, usize), Numbers>, streams: &[usize], offers: &mut [Part]) {
    let fits = |stream: usize| {
        let mut own = table.iter().filter(|((own, _), _)| *own == stream);
        own.any(|(_, own)| own.tell_apart() && own.count())
    };
    let clashes = |stream: usize| {
        let mut own = table.iter().filter(|((own, _), _)| *own == stream);
        own.all(|(_, own)| own.clash()) && table.keys().any(|(own, _)| *own == stream)
    };
    let any = streams.iter().any(|stream| fits(*stream));
    for offer in offers.iter_mut().filter(|own| own.role == Role::Stream) {
        if fits(offer.field) {
            offer.points += COUNTS;
            offer.because = match offer.because {
                " and its ids repeat" => " and its ids repeat, within which versions count",
                " and its values repeat" => " and its values repeat, within which versions count",
                _ => " and versions count within it",
            };
        } else if any && clashes(offer.field) {
            offer.points -= CLASHES;
        }
    }
}

/// A number that comes again and again within every stream is no version of it; one that is there but
/// once in the whole store, and does not count within streams, is a position.
fn weigh_versions(
    table: &HashMap<(usize, usize), Numbers>,
    (fields, looks): (&[Field<'_>], &[Looks]),
    versions: &[usize],
    offers: &mut Vec<Part>,
) {
    let begin_here = offers.iter().any(|own| {
        let looks = &looks[own.field];
        let named = names::name_points(Role::Stream, fields[own.field].name) > 0;
        own.role == Role::Stream && named && looks.is_unique() && looks.count > FEW
    });
    for &version in versions {
        let own: Vec<Numbers> = table
            .iter()
            .filter(|((_, own), _)| *own == version)
            .map(|(_, own)| *own)
            .collect();
        let constant = looks[version].is_constant();
        let repeats = match own.is_empty() {
            // Of streams that begin all in what was looked at, nothing tells how they go on.
            _ if begin_here => false,
            true => constant && looks[version].count > 4,
            false => own.iter().all(|own| own.clash()),
        };
        let global = looks[version].is_unique()
            && own.iter().any(|own| own.later > 0)
            && own.iter().all(|own| !own.count());
        if !repeats && !global {
            continue;
        }
        offers.retain(|offer| offer.role != Role::Version || offer.field != version);
        // Versions of schemas begin with 1.
        let zero = |value: &&str| value.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        let none = fields[version].values.iter().flatten().all(zero);
        if repeats && constant && !none {
            let schema = |offer: &&mut Part| offer.role == Role::SchemaVersion;
            if let Some(offer) = offers
                .iter_mut()
                .filter(schema)
                .find(|own| own.field == version)
            {
                offer.points = offer.points.max(ENOUGH);
                offer.because = ", since it is the same in all events and so no stream version";
            }
        }
    }
}

/// A word that is the same in all events, or in all of each stream, is less of a type than one that is not.
fn weigh_types(fields: &[Field<'_>], looks: &[Looks], types: &[usize], offers: &mut [Part]) {
    let words = |field: usize| {
        let looks = &looks[field];
        looks.word.nearly() && looks.name.nearly() && !looks.json.nearly()
    };
    let several = |field: &usize| looks[*field].distinct > 1 && words(*field);
    let streams: Vec<usize> = offers
        .iter()
        .filter(|offer| offer.role == Role::Stream && looks[offer.field].repeats())
        .map(|offer| offer.field)
        .collect();
    let of_streams = |field: usize| {
        let mut streams = streams.iter().filter(|stream| **stream != field);
        streams.any(|stream| agrees(fields, *stream, field))
    };
    // What is the same everywhere may be all that happened.
    let happened = |field: usize| telling::say_what_happened(&fields[field]);
    let varied: Vec<usize> = types
        .iter()
        .copied()
        .filter(several)
        .filter(|field| happened(*field))
        .filter(|field| !of_streams(*field))
        .collect();
    for offer in offers.iter_mut().filter(|own| own.role == Role::Type) {
        let other = varied.iter().any(|field| *field != offer.field);
        let same = looks[offer.field].is_constant() || of_streams(offer.field);
        if other && same && !happened(offer.field) {
            offer.points -= SAME;
        }
    }
}

/// Whether a field is the same in all of each stream, of which some have several events.
pub(super) fn agrees(fields: &[Field<'_>], stream: usize, field: usize) -> bool {
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut again = 0;
    let pairs = fields[stream].values.iter().zip(&fields[field].values);
    for (stream, value) in pairs {
        let (Some(stream), Some(value)) = (stream, value) else {
            continue;
        };
        match known.insert(stream, value) {
            Some(before) if before != *value => return false,
            Some(_) => again += 1,
            None => {}
        }
    }
    again > 0
}

/// Whether streams have events of several values of a field.
pub(super) fn disagrees(fields: &[Field<'_>], stream: usize, field: usize) -> bool {
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut pairs = fields[stream].values.iter().zip(&fields[field].values);
    pairs.any(|(stream, value)| match (stream, value) {
        (Some(stream), Some(value)) => {
            let before = known.insert(stream, value);
            before.is_some_and(|before| before != *value)
        }
        _ => false,
    })
}

/// Fields that may tell streams of one id apart.
fn kinds(fields: &[Field<'_>], offers: &[Part]) -> Vec<usize> {
    let all = 0..fields.len();
    let named = |field: &usize| {
        let name = fields[*field].name;
        let offered = |offer: &Part| offer.role == Role::Category && offer.field == *field;
        let kind = names::name_points(Role::Category, name) > 0 && offers.iter().any(offered);
        kind || names::names_tenant(name) || names::numbers_kinds(name)
    };
    all.filter(named).collect()
}
