//! What the primary key of a table says: the columns before a number that counts name the stream.

use super::field::{Field, Looks};
use super::pairs::{Numbers, agrees};
use super::score::Part;
use super::telling;
use crate::store::layout::Role;

/// What it brings a stream and a version that the primary key has them in that order.
const KEYED: i32 = 70;

/// What it takes a type that its one word is a state, and brings the word of the key that is not.
const STATE: i32 = 60;

/// The columns of the primary key in their order.
fn key(fields: &[Field<'_>]) -> Vec<usize> {
    let places = fields.iter().enumerate();
    let places = places.filter_map(|(at, field)| Some((field.in_key?, at)));
    let mut key: Vec<(usize, usize)> = places.collect();
    key.sort_unstable();
    key.into_iter().map(|(_, field)| field).collect()
}

/// The stream and the version, where the primary key begins with names and goes on with a number that
/// counts within them. Whether it does.
pub(super) fn weigh(fields: &[Field<'_>], looks: &[Looks], offers: &mut Vec<Part>) -> bool {
    let key = key(fields);
    let number = key.iter().position(|field| {
        let looks = &looks[*field];
        looks.integer.nearly() && !looks.time && !looks.negative.nearly()
    });
    let Some(at) = number.filter(|at| *at > 0) else {
        return false;
    };
    let (names, version) = (&key[..at], key[at]);
    let stream = names[at - 1];
    let own = Numbers::of(fields, names, version);
    let plain = looks[stream].name.nearly() && !looks[stream].json.nearly();
    if !own.tell_apart() || !own.count() || !plain {
        return false;
    }
    offers.retain(|own| own.field != stream && own.field != version);
    let part = |role: Role, field: usize, because: &'static str| Part {
        role,
        field,
        points: KEYED,
        because,
    };
    offers.push(part(
        Role::Stream,
        stream,
        ", since the primary key has it before a number that counts",
    ));
    offers.push(part(
        Role::Version,
        version,
        ", since the primary key has it and it counts",
    ));
    true
}

/// Where what is called the type is a state that never changes, a word of the key that does is more of one.
pub(super) fn weigh_types(fields: &[Field<'_>], looks: &[Looks], offers: &mut Vec<Part>) {
    let stream = offers
        .iter()
        .find(|own| own.role == Role::Stream && own.points == KEYED);
    let Some(stream) = stream.map(|own| own.field) else {
        return;
    };
    let types = offers.iter().filter(|own| own.role == Role::Type);
    let Some(called) = types.max_by_key(|own| own.points).map(|own| own.field) else {
        return;
    };
    if !looks[called].is_constant() || !telling::is_weak(&fields[called]) {
        return;
    }
    let varies = |field: &usize| {
        let looks = &looks[*field];
        let words = looks.word.nearly() && looks.name.nearly() && looks.repeats();
        *field != called && words && looks.distinct > 1 && !agrees(fields, stream, *field)
    };
    let Some(told) = key(fields)
        .into_iter()
        .filter(|own| *own != stream)
        .find(varies)
    else {
        return;
    };
    for own in offers.iter_mut().filter(|own| own.role == Role::Type) {
        if own.field == called {
            own.points -= STATE;
        }
    }
    offers.retain(|own| own.field != told);
    offers.push(Part {
        role: Role::Type,
        field: told,
        points: STATE,
        because: ", by its words, of which the primary key has one in each row",
    });
}

/// Whether the primary key has the stream and behind it the version.
pub(super) fn tells(parts: &[Part], fields: &[Field<'_>]) -> bool {
    let place = |role: Role| {
        let part = parts.iter().find(|part| part.role == role)?;
        fields[part.field].in_key
    };
    matches!((place(Role::Stream), place(Role::Version)), (Some(stream), Some(version)) if stream < version)
}
