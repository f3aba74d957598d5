//! Laws of ids: what is found by them is what going through all events would find, however they are
//! spelled and whichever chunks they stand in.

use super::*;

/// What an event says of ids.
#[derive(Clone, Debug)]
struct Said {
    id: Option<String>,
    correlation: Option<String>,
    cause: Option<String>,
}

/// One of few ids, so that they meet: a UUID in one of its spellings, or a text.
fn id() -> impl Strategy<Value = String> {
    (0..9_u32, 0..8_u8).prop_map(|(number, spelling)| {
        // Of digits only, and with letters.
        let part = if number % 3 == 0 { 1234 } else { 0xbeef };
        match spelling {
            0..=3 => format!("{number:08x}-0000-4000-8000-00000000{part:04x}"),
            4 => format!("{number:08X}-0000-4000-8000-00000000{part:04X}"),
            5 => format!("{number:08x}00004000800000000000{part:04x}"),
            6 => format!("event {number}"),
            _ => String::new(),
        }
    })
}

/// Only UUIDs of one spelling, as most stores have them, or of all kinds; few of them or many.
fn said() -> impl Strategy<Value = Vec<Said>> {
    let ids = || prop::option::weighted(0.8, id());
    let all = prop::collection::vec((ids(), ids(), ids()), 0..40);
    (all, any::<bool>()).prop_map(|(all, one_kind)| {
        let kind = |id: Option<String>| {
            id.filter(|id| !one_kind || id.len() == 36 && *id == id.to_lowercase())
        };
        let said = |(id, correlation, cause)| Said {
            id: kind(id),
            correlation: kind(correlation),
            cause: kind(cause),
        };
        all.into_iter().map(said).collect()
    })
}

fn append(builder: &mut LogBuilder, order: Order, all: &[Said], first: usize) {
    let mut raw = RawChunk::default();
    for (said, at) in all.iter().zip(first as i64..) {
        let row = Row {
            stream: "s",
            event_type: "T",
            event_id: said.id.as_deref(),
            correlation: said.correlation.as_deref(),
            causation: said.cause.as_deref(),
            // The last event first, or as they come.
            position: (order == Order::Found).then_some(-at),
            place: Place { at, extent: 0 },
            ..Row::default()
        };
        raw.push(&row, || "s".to_owned());
    }
    builder.append(raw);
}

/// Compares the log with what going through all events finds.
fn check(log: &Log, all: &[Said]) -> Result<(), TestCaseError> {
    let all: Vec<&Said> = log
        .events()
        .map(|event| &all[log.place(event).at as usize])
        .collect();
    let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => IdRef::new(a) == IdRef::new(b),
        _ => false,
    };
    let those = |is: &dyn Fn(&Said) -> bool| {
        let found = log.events().filter(|event| is(all[event.0 as usize]));
        found.collect::<Vec<EventIx>>()
    };
    let text = |id: Option<IdRef<'_>>| id.map(|id| id.to_string());
    for (event, said) in log.events().zip(&all) {
        prop_assert_eq!(&text(log.event_id(event)), &said.id);
        prop_assert_eq!(&text(log.correlation(event)), &said.correlation);
        prop_assert_eq!(&text(log.causation(event)), &said.cause);
        let correlated = those(&|other| same(&other.correlation, &said.correlation));
        prop_assert_eq!(log.correlated(event), correlated);
        let first = those(&|other| same(&other.id, &said.id)).first().copied();
        prop_assert_eq!(
            said.id
                .as_deref()
                .and_then(|id| log.find_event(IdRef::new(id))),
            first
        );
        prop_assert_eq!(
            log.repeats_id(event),
            first.is_some_and(|first| first != event)
        );
        let cause = those(&|other| same(&other.id, &said.cause))
            .first()
            .copied();
        let expected = said
            .cause
            .as_deref()
            .map(|id| cause.map_or(CauseRef::Elsewhere(IdRef::new(id)), CauseRef::Event));
        prop_assert_eq!(log.cause(event), expected);
        let effects = those(&|other| first == Some(event) && same(&other.cause, &said.id));
        prop_assert_eq!(log.effects(event), effects);
    }
    Ok(())
}

proptest! {
    /// Each part as a store that has grown brings it; the chunks and what finds events in them are
    /// merged, but not always at the same places.
    #[test]
    fn what_is_found_by_ids_is_what_going_through_all_events_finds(
        all in said(), parts in prop::collection::vec((1..12_usize, any::<bool>()), 1..9),
        order in prop::sample::select(vec![Order::Given, Order::Found]),
    ) {
        let mut builder = LogBuilder::new(order);
        let mut first = 0;
        for (part, is_asked) in parts.into_iter().chain([(usize::MAX, true)]) {
            let end = first + part.min(all.len() - first);
            append(&mut builder, order, &all[first..end], first);
            if is_asked {
                check(&builder.finish().0, &all[..end])?;
            }
            first = end;
        }
    }
}
