//! A filter in words: one chip for each of its parts, and the filter without a part.

use crate::analysis::events::{CorrelationFilter, EventFilter, TypeFilter};
use crate::gui::model::{Cursor, Model};
use crate::gui::widgets::middle_ellipsis;
use crate::gui::words::{self, TimeFormat};
use crate::log::{Bound, Clock, Log};
use crate::render::{Shell, grouped};

/// Names written out before the rest is counted.
const NAMED: usize = 2;

/// Characters of an id in a chip.
const LONGEST: usize = 24;

/// A part of a filter that has a chip. The text has its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    From,
    To,
    Correlation,
    Types,
    Categories,
    Streams,
}

/// What a chip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub part: Part,
    pub name: String,
    pub value: String,
}

/// The chips of a filter.
pub(super) fn chips(
    filter: &EventFilter,
    log: &Log,
    clock: Clock,
    times: &TimeFormat,
) -> Vec<Words> {
    let mut chips = Vec::new();
    let mut add = |part, name: &str, value: String| {
        chips.push(Words {
            part,
            name: name.to_owned(),
            value,
        });
    };
    if let Some((name, value)) = bound(filter.from, "from", log, clock, times) {
        add(Part::From, name, value);
    }
    if let Some((name, value)) = bound(filter.to, "until", log, clock, times) {
        add(Part::To, name, value);
    }
    match &filter.correlation {
        CorrelationFilter::Any => {}
        CorrelationFilter::IsSet => add(Part::Correlation, "Correlation", "is set".to_owned()),
        CorrelationFilter::NotSet => add(Part::Correlation, "Correlation", "is not set".to_owned()),
        CorrelationFilter::Is(id) => {
            add(
                Part::Correlation,
                "Correlation",
                middle_ellipsis(id, LONGEST),
            );
        }
    }
    let type_names = |types: &[crate::model::TypeIx]| {
        names(types.iter().map(|&event_type| log.type_name(event_type)))
    };
    match &filter.types {
        TypeFilter::Any => {}
        TypeFilter::Only(types) => add(Part::Types, "Event type", type_names(types)),
        TypeFilter::Without(types) => add(
            Part::Types,
            "Event type",
            format!("without {}", type_names(types)),
        ),
    }
    if !filter.categories.is_empty() {
        let listed = filter.categories.iter();
        let listed = names(listed.map(|&category| log.category_name(category)));
        add(Part::Categories, "Category", listed);
    }
    if !filter.streams.is_empty() {
        let listed = filter.streams.iter();
        let listed = names(listed.map(|&stream| log.stream_name(stream)));
        add(Part::Streams, "Stream", listed);
    }
    chips
}

fn names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let named: Vec<&str> = names.take(NAMED).collect();
    let more = count.saturating_sub(NAMED);
    if more == 0 {
        return named.join(", ");
    }
    format!("{} and {} more", named.join(", "), grouped(more as u64))
}

fn bound(
    bound: Bound,
    word: &str,
    log: &Log,
    clock: Clock,
    times: &TimeFormat,
) -> Option<(&'static str, String)> {
    match bound {
        Bound::Time(time) => {
            let name = match clock {
                Clock::Recorded => "Recorded",
                Clock::Occurred => "Occurred",
            };
            Some((name, format!("{word} {}", times.short(time))))
        }
        Bound::Event(event) if event.at() < log.len() => {
            let position = words::position(log, event);
            Some(("Position", format!("{word} {position}")))
        }
        _ => None,
    }
}

/// The command line that finds the same events. What it has no words for is left out.
pub(super) fn address(model: &Model, log: &Log) -> Shell {
    let filter = &model.filter;
    let moment = |bound| Cursor::new(log, model.clock(), bound).as_text();
    let from = Some(filter.from).filter(|from| *from != Bound::Start);
    let mut line = Shell::new("events");
    for stream in &filter.streams {
        line = line.option("--stream", log.stream_name(*stream));
    }
    for category in &filter.categories {
        line = line.option("--category", log.category_name(*category));
    }
    let (option, types) = match &filter.types {
        TypeFilter::Any => ("", &[][..]),
        TypeFilter::Only(types) => ("--type", &types[..]),
        TypeFilter::Without(types) => ("--without-type", &types[..]),
    };
    for event_type in types {
        line = line.option(option, log.type_name(*event_type));
    }
    let correlation = match &filter.correlation {
        CorrelationFilter::Any => None,
        CorrelationFilter::IsSet => Some("any"),
        CorrelationFilter::NotSet => Some("none"),
        CorrelationFilter::Is(id) => Some(id.as_str()),
    };
    let text = filter.text.as_ref().map(|text| &text.text);
    line.option_if("--from", from.and_then(moment))
        .option_if("--to", moment(filter.to))
        .option_if("--correlation", correlation)
        .option_if("--contains", text)
}

/// The filter without one of its parts.
pub(super) fn without(filter: &EventFilter, part: Part) -> EventFilter {
    let mut filter = filter.clone();
    match part {
        Part::From => filter.from = Bound::Start,
        Part::To => filter.to = Bound::Head,
        Part::Correlation => filter.correlation = CorrelationFilter::Any,
        Part::Types => filter.types = TypeFilter::Any,
        Part::Categories => filter.categories.clear(),
        Part::Streams => filter.streams.clear(),
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{LogBuilder, Order, RawChunk, Row};
    use crate::model::time::Zone;
    use crate::model::{EventIx, StreamIx, Timestamp, TypeIx};

    fn log() -> Log {
        let mut raw = RawChunk::default();
        for (event_type, recorded) in [
            ("A", 1_700_000_000_000_000),
            ("B", 1_700_000_001_000_000),
            ("C", 1_700_000_002_000_000),
        ] {
            let row = Row {
                stream: "s-1",
                event_type,
                recorded: Some(Timestamp::from_micros(recorded)),
                ..Row::default()
            };
            raw.push(&row, || "s".to_owned());
        }
        let mut builder = LogBuilder::new(Order::Given);
        builder.append(raw);
        builder.finish().0
    }

    fn words(filter: &EventFilter) -> Vec<String> {
        let log = log();
        let times = TimeFormat::of(&log, Clock::Recorded, Zone::Utc);
        let chips = chips(filter, &log, Clock::Recorded, &times);
        let words = chips
            .iter()
            .map(|chip| format!("{} {}", chip.name, chip.value));
        words.collect()
    }

    #[test]
    fn filters_read_as_words() {
        let day = 1_699_920_000_000_000;
        let filter = EventFilter {
            types: TypeFilter::Without(vec![TypeIx(0)]),
            streams: vec![StreamIx(0)],
            from: Bound::Time(Timestamp::from_micros(day)),
            to: Bound::Time(Timestamp::from_micros(day + 86_400_000_000 - 1)),
            correlation: CorrelationFilter::IsSet,
            ..EventFilter::default()
        };
        assert_eq!(
            words(&filter),
            [
                "Recorded from 11-14 00:00",
                "Recorded until 11-14",
                "Correlation is set",
                "Event type without A",
                "Stream s-1",
            ]
        );
        let filter = EventFilter {
            types: TypeFilter::Only(vec![TypeIx(0), TypeIx(1), TypeIx(2)]),
            from: Bound::Event(EventIx(1)),
            ..EventFilter::default()
        };
        assert_eq!(
            words(&filter),
            ["Position from #2", "Event type A, B and 1 more"]
        );
        let without = [Part::Types, Part::From]
            .iter()
            .fold(filter, |filter, part| without(&filter, *part));
        assert_eq!(without, EventFilter::default());
    }
}
