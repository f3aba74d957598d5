//! What a layout wants of one JSON text: its pointers, and which column the value of each is for.

use std::borrow::Cow;

use crate::model::json::{Name, Picker, Pointer, scalar, string};
use crate::store::decode::Decoder;
use crate::store::layout::{Events, Role, Source, Spot, Within};
use crate::store::row::{Found, Value};

/// Pointers with what their values are for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub picker: Picker,
    pub slots: Vec<Slot>,
    /// The slots by the first keys of their pointers.
    tops: Vec<Top>,
    /// The slots of the whole text.
    whole: Vec<usize>,
}

/// The written texts of the values in a text, one for each slot.
pub(super) type Raws<'r> = Vec<Option<&'r str>>;

/// What a value is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub role: Role,
    pub decoder: Option<Decoder>,
    /// Its place among the fallbacks.
    rank: u8,
    /// A type is captured of it, of an object as it is written: `{"OrderPlaced": …}`.
    captured: bool,
}

/// A top-level key, and the slots that its value fills.
#[derive(Clone, Debug)]
struct Top {
    key: Name,
    /// Slots of the value itself.
    whole: Vec<usize>,
    /// Slots of what stands deeper in it.
    deeper: Picker,
    deeper_slots: Vec<usize>,
}

/// Slots by the first keys of their pointers.
fn tops(pointers: &[Pointer]) -> Vec<Top> {
    let mut tops: Vec<(Top, Vec<Pointer>)> = Vec::new();
    for (slot, pointer) in pointers.iter().enumerate() {
        let Some((key, deeper)) = pointer.keys().split_first() else {
            continue;
        };
        let name = Name::from(key.as_str());
        let at = tops.iter().position(|(top, _)| top.key == name);
        let at = at.unwrap_or_else(|| {
            let top = Top {
                key: name,
                whole: Vec::new(),
                deeper: Picker::default(),
                deeper_slots: Vec::new(),
            };
            tops.push((top, Vec::new()));
            tops.len() - 1
        });
        let (top, pointers) = &mut tops[at];
        if deeper.is_empty() {
            top.whole.push(slot);
        } else {
            top.deeper_slots.push(slot);
            pointers.push(Pointer::through(deeper.iter().cloned()));
        }
    }
    let finish = |(top, pointers): (Top, Vec<Pointer>)| Top {
        deeper: Picker::new(&pointers),
        ..top
    };
    tops.into_iter().map(finish).collect()
}

impl Wanted {
    /// What the columns of these roles ask of one thing that pointers begin in.
    pub fn new(events: &Events, within: Within, roles: impl IntoIterator<Item = Role>) -> Self {
        let (mut spots, mut slots): (Vec<&Spot>, Vec<_>) = (Vec::new(), Vec::new());
        for role in roles {
            let Some(column) = events.columns.get(&role) else {
                continue;
            };
            let named = column.decoder();
            let Source::At(own, at) = &column.source else {
                continue;
            };
            for (rank, spot) in (0..).zip(at) {
                if spot.within.unwrap_or(*own) == within {
                    let decoder = spot.decoder.or(named);
                    slots.push(Slot {
                        role,
                        decoder,
                        rank,
                        captured: role == Role::Type && column.capture.is_some(),
                    });
                    spots.push(spot);
                }
            }
        }
        let pointers: Vec<Pointer> = spots.iter().map(|spot| spot.pointer.clone()).collect();
        let is_whole = |slot: &usize| pointers[*slot].keys().is_empty();
        Self {
            picker: Picker::new(&pointers),
            tops: tops(&pointers),
            whole: (0..pointers.len()).filter(is_whole).collect(),
            slots,
        }
    }

    /// Room for the values of `text`, of which the whole is known already.
    pub fn room<'r>(&self, text: &'r str) -> Raws<'r> {
        let mut raws: Raws<'r> = vec![None; self.slots.len()];
        for &slot in &self.whole {
            raws[slot] = Some(text);
        }
        raws
    }

    /// Takes from a top-level member, whose value the walk has found to be JSON, what is wanted of it.
    /// Of members of one name the last counts.
    pub fn take<'r>(&self, key: &str, value: &'r str, raws: &mut Raws<'r>) {
        let Some(top) = self.tops.iter().find(|top| top.key.is(key)) else {
            return;
        };
        for &slot in &top.whole {
            raws[slot] = Some(value);
        }
        if !top.deeper_slots.is_empty() {
            let mut inner = vec![None; top.deeper.slots()];
            let _ = top.deeper.pick(value, &mut inner);
            for (&slot, value) in top.deeper_slots.iter().zip(inner) {
                raws[slot] = value;
            }
        }
    }

    /// Of several spots of one role the first that holds a value counts.
    pub fn fill<'r>(&self, raws: &[Option<&'r str>], found: &mut Found<'r>) {
        for (slot, raw) in self.slots.iter().zip(raws) {
            let Some(raw) = *raw else { continue };
            if slot.decoder == Some(Decoder::JsonString) {
                found.offer_as(slot.role, slot.rank, || inner(raw).map(Value::Text));
                continue;
            }
            found.offer_as(slot.role, slot.rank, || match integer(raw) {
                Some(number) => Some(Value::Integer(number)),
                None => plain(raw)
                    .or_else(|| scalar(raw))
                    .or_else(|| as_written(*slot, raw))
                    .map(Value::Text),
            });
        }
    }
}

/// The text within a JSON string that is written as a text itself.
fn inner(raw: &str) -> Option<Cow<'_, str>> {
    let text = string(raw)?;
    Some(Cow::Owned(string(&text)?.into_owned()))
}

/// An object or an array where a time should be, to be told of and not passed over, or where a part of
/// it is captured.
fn as_written(slot: Slot, raw: &str) -> Option<Cow<'_, str>> {
    let time = matches!(slot.role, Role::RecordedAt | Role::OccurredAt);
    ((time || slot.captured) && raw.starts_with(['{', '['])).then_some(Cow::Borrowed(raw))
}

/// The content of a string without escapes, which the walk has found to be one.
fn plain(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('\\')).then_some(Cow::Borrowed(inner))
}

/// Only a number that an integer holds exactly; anything else keeps its written text.
fn integer(raw: &str) -> Option<i64> {
    let number: i64 = raw.parse().ok()?;
    (raw.len() < 19).then_some(number)
}
