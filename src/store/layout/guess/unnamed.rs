//! Kinds of streams and types of events in columns whose names do not say so, by what the values of
//! several columns say together.

use super::field::{Field, Looks};
use super::names::{is_some_id, name_points, normal};
use super::pairs::{Numbers, agrees};
use super::score::Part;
use super::telling::say_what_happened;
use crate::store::layout::Role;

/// What a kind brings that tells ids apart which nothing else does.
const NEEDED: i32 = 60;

/// What brings a type that its words say what happened, where what is called the type never changes.
const HAPPENED: i32 = 60;

/// What it takes what is called the type, and what it brings that as a category.
const CONSTANT: i32 = 40;
const OF_STREAM: i32 = 20;

/// A kind that tells streams of one id apart.
pub(super) struct Found {
    pub kind: usize,
    /// By stream and version, how these lie beside the kind.
    pub numbers: Vec<((usize, usize), Numbers)>,
}

impl Found {
    pub fn part(&self) -> Part {
        Part {
            role: Role::Category,
            field: self.kind,
            points: NEEDED,
            because: ", since only with it ids and versions tell all events apart",
        }
    }
}

/// Words of which there are few, that come again and again.
fn is_of_few_words(field: &Field<'_>, looks: &Looks) -> bool {
    let words = looks.word.nearly() && looks.name.nearly() && !looks.json.nearly();
    words
        && !looks.uuid.nearly()
        && !looks.time
        && looks.repeats()
        && looks.distinct > 1
        && looks.count == looks.asked
        && !is_some_id(field.name)
}

/// The kind in a column whose name does not say it: a text of few words with which an id and a version
/// tell all rows apart, and versions count, where they do not without it.
pub(super) fn kind(
    fields: &[Field<'_>],
    looks: &[Looks],
    (streams, versions): (&[usize], &[usize]),
) -> Option<Found> {
    let kinds = (0..fields.len()).filter(|kind| is_of_few_words(&fields[*kind], &looks[*kind]));
    let found = kinds.filter_map(|kind| {
        let ids = streams.iter().filter(|stream| **stream != kind);
        let pairs = ids.flat_map(|stream| versions.iter().map(move |version| (*stream, *version)));
        let numbers = pairs.filter(|(stream, version)| stream != version);
        let numbers = numbers.filter_map(|(stream, version)| {
            let own = Numbers::of(fields, &[kind, stream], version);
            (own.tell_apart() && own.count()).then_some(((stream, version), own))
        });
        let numbers: Vec<_> = numbers.collect();
        (!numbers.is_empty()).then_some(Found { kind, numbers })
    });
    // Of several the one with the fewest words: the others say more than that.
    found.min_by_key(|found| looks[found.kind].distinct)
}

/// What is called the type is the kind of streams where it is the same in all of each stream, and another
/// column has few words that say what happened.
pub(super) fn kind_in_type(fields: &[Field<'_>], looks: &[Looks], offers: &mut Vec<Part>) {
    let types = offers.iter().filter(|own| own.role == Role::Type);
    let Some(called) = types.max_by_key(|own| own.points).map(|own| own.field) else {
        return;
    };
    // The likeliest: a version, too, comes again and again, and goes with what happens.
    let streams =
        (offers.iter()).filter(|own| own.role == Role::Stream && looks[own.field].repeats());
    let stream = streams.max_by_key(|own| own.points).map(|own| own.field);
    let of_streams = |field: usize| {
        let stream = stream.filter(|stream| *stream != field);
        stream.is_some_and(|stream| agrees(fields, stream, field))
    };
    let named = name_points(Role::Type, fields[called].name) > 0;
    let same = looks[called].is_constant() || of_streams(called);
    if !named || !same || say_what_happened(&fields[called]) {
        return;
    }
    let mut others = (0..fields.len()).filter(|field| *field != called);
    let Some(told) = others.find(|field| {
        is_of_few_words(&fields[*field], &looks[*field])
            && say_what_happened(&fields[*field])
            && !of_streams(*field)
    }) else {
        return;
    };
    let types = offers.iter_mut().filter(|own| own.role == Role::Type);
    for own in types.filter(|own| own.field == called) {
        own.points -= CONSTANT;
    }
    offers.push(Part {
        role: Role::Type,
        field: told,
        points: HAPPENED,
        because: ", by its words for what happened, where what is called so never changes",
    });
    // That a message is an event says nothing of its stream.
    if !normal(fields[called].name).contains("event")
        && !normal(fields[called].name).contains("message")
    {
        offers.push(Part {
            role: Role::Category,
            field: called,
            points: OF_STREAM,
            because: ", since it is the same in all of a stream",
        });
    }
}
