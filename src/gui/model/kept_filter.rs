//! The filter of the events view as it is remembered: places in an index mean nothing in the next one,
//! names and moments do.

use crate::analysis::events::{Case, CorrelationFilter, EventFilter, TextFilter, TypeFilter};
use crate::log::{Bound, Log};
use crate::model::time::{InputContext, Moment, input};
use crate::model::{CategoryIx, StreamIx, TypeIx};
use crate::workspace::KeptFilter;

/// A filter as it is remembered; none where it lets everything through.
#[must_use]
pub fn kept_filter(filter: &EventFilter, log: &Log) -> Option<KeptFilter> {
    if *filter == EventFilter::default() {
        return None;
    }
    let names = |types: &[TypeIx]| {
        let names = types.iter().map(|own| log.type_name(*own).to_owned());
        names.collect()
    };
    let (types, without) = match &filter.types {
        TypeFilter::Any => (Vec::new(), Vec::new()),
        TypeFilter::Only(types) => (names(types), Vec::new()),
        TypeFilter::Without(types) => (Vec::new(), names(types)),
    };
    let (correlation, correlated) = match &filter.correlation {
        CorrelationFilter::Any => (None, None),
        CorrelationFilter::IsSet => (None, Some(true)),
        CorrelationFilter::NotSet => (None, Some(false)),
        CorrelationFilter::Is(id) => (Some(id.clone()), None),
    };
    let streams = filter.streams.iter();
    let categories = filter.categories.iter();
    let text = filter.text.as_ref();
    Some(KeptFilter {
        streams: streams
            .map(|own| log.stream_name(*own).to_owned())
            .collect(),
        categories: categories
            .map(|own| log.category_name(*own).to_owned())
            .collect(),
        types,
        without,
        from: moment(filter.from, log),
        to: moment(filter.to, log),
        correlation,
        correlated,
        text: text.map(|text| text.text.clone()),
        exact: text.and_then(|text| (text.case == Case::Exact).then_some(true)),
        ..KeptFilter::default()
    })
}

/// The filter in a log. What the log does not have any more is left out.
#[must_use]
pub fn filter_in(kept: &KeptFilter, log: &Log, context: &InputContext) -> EventFilter {
    let types = |names: &[String]| -> Vec<TypeIx> {
        let found = names.iter().filter_map(|name| log.types().find(name));
        found.map(TypeIx).collect()
    };
    let (only, without) = (types(&kept.types), types(&kept.without));
    let streams = kept.streams.iter();
    let streams = streams.filter_map(|name| log.streams().find(name));
    let categories = kept.categories.iter();
    let categories = categories.filter_map(|name| log.categories().find(name));
    let bound = |text: &Option<String>| text.as_deref().and_then(|text| bound(text, log, context));
    EventFilter {
        streams: streams.map(StreamIx).collect(),
        categories: categories.map(CategoryIx).collect(),
        types: match (only.is_empty(), without.is_empty()) {
            (false, _) => TypeFilter::Only(only),
            (true, false) => TypeFilter::Without(without),
            (true, true) => TypeFilter::Any,
        },
        from: bound(&kept.from).unwrap_or(Bound::Start),
        to: bound(&kept.to).unwrap_or(Bound::Head),
        correlation: match (&kept.correlation, kept.correlated) {
            (Some(id), _) => CorrelationFilter::Is(id.clone()),
            (None, Some(true)) => CorrelationFilter::IsSet,
            (None, Some(false)) => CorrelationFilter::NotSet,
            (None, None) => CorrelationFilter::Any,
        },
        text: kept.text.as_ref().map(|text| TextFilter {
            text: text.clone(),
            case: match kept.exact {
                Some(true) => Case::Exact,
                _ => Case::Ignored,
            },
        }),
    }
}

/// A bound as it can be typed; none for an end of the log.
fn moment(bound: Bound, log: &Log) -> Option<String> {
    match bound {
        Bound::Time(time) => Some(time.to_string()),
        Bound::Event(event) if event.at() < log.len() => Some(log.position_name(event).to_string()),
        _ => None,
    }
}

/// What a moment that was remembered means in a log.
#[must_use]
pub fn bound(text: &str, log: &Log, context: &InputContext) -> Option<Bound> {
    match input::parse(text, context).ok()?.moment {
        Moment::Time(time) => Some(Bound::Time(time)),
        Moment::Position(position) => log.at_position_name(&position).ok(),
        _ => None,
    }
}
