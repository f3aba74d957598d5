//! How a consumer stands, in the words, shapes and colours of the window.

use egui::Color32;

use super::scale::band_of;
use crate::analysis::lag::{Certainty, ConsumerLag, Status};
use crate::gui::theme::{Tokens, Tone};
use crate::gui::widgets::StatusShape;
use crate::model::time::{Span, Style, Zone};
use crate::render::{grouped, rate};

/// The shape and the word of a status, and its meaning.
pub(super) fn status(own: &ConsumerLag) -> (Tone, StatusShape, &'static str) {
    match own.status {
        Some(Status::Stalled) => (Tone::Error, StatusShape::Bars, "Stalled"),
        Some(Status::Stopped) => (Tone::Error, StatusShape::Square, "Stopped"),
        Some(Status::Rewound) => (Tone::Info, StatusShape::DoubleTriangleLeft, "Rewound"),
        Some(Status::Warning) => (Tone::Warning, StatusShape::TriangleUp, "Warning"),
        Some(Status::Ok) => (Tone::Ok, StatusShape::Disc, "OK"),
        None => (Tone::Neutral, StatusShape::Ring, "Not known"),
    }
}

/// Its name, with its part of the work.
pub(super) fn name(own: &ConsumerLag) -> String {
    match &own.partition {
        None => own.name.clone(),
        Some(partition) => format!("{} [{partition}]", own.name),
    }
}

/// The colour of a consumer's line: who is in order needs none.
pub(super) fn line(own: &ConsumerLag, t: &Tokens) -> Color32 {
    match own.status {
        None | Some(Status::Ok) => t.text,
        Some(_) => t.tone(status(own).0),
    }
}

/// For how long the first event waits.
pub(super) fn lag_time(own: &ConsumerLag) -> String {
    match own.lag_ms {
        Some(ms) => Span::from_millis(ms).to_string(),
        None => "–".to_owned(),
    }
}

/// How many wait.
pub(super) fn lag_events(own: &ConsumerLag) -> String {
    match own.lag_events {
        None => "not known at the cursor".to_owned(),
        Some(0) => "caught up".to_owned(),
        Some(1) => "1 event".to_owned(),
        Some(events) => format!("{} events", grouped(events)),
    }
}

/// Why it stands as it stands, in a few words.
pub(super) fn reason(own: &ConsumerLag, zone: Zone) -> String {
    let since = own.since.map(|since| zone.format_bare(since, Style::Short));
    match (own.status, since) {
        (Some(Status::Stalled), Some(since)) => format!("since {since}"),
        (Some(Status::Stopped), Some(since)) if own.cause.is_some() => format!("last seen {since}"),
        // Its reason says it.
        (Some(Status::Stopped), Some(_)) => String::new(),
        (Some(Status::Rewound), _) => to_catch_up(own),
        (Some(Status::Warning), _) => match own.growth {
            Some(growth) if growth > 0.0 => format!("growing {}", rate(growth)),
            _ => "not getting less".to_owned(),
        },
        (Some(Status::Ok), _) => match (own.late, own.lag_events, own.lag_ms) {
            // No rule warns of it yet.
            (Some(late), ..) => format!("stands for {late}"),
            (_, Some(0), _) => String::new(),
            (.., Some(ms)) => band_of(ms).to_owned(),
            _ => String::new(),
        },
        _ if own.is_elsewhere() => "its events are in another file".to_owned(),
        _ if own.certainty == Certainty::CurrentOnly => "only its checkpoint is known".to_owned(),
        _ => String::new(),
    }
}

/// How long it takes to catch up at the rate at which its lag shrinks.
pub(super) fn to_catch_up(own: &ConsumerLag) -> String {
    match (own.lag_events, own.eta_s) {
        (Some(0), _) => "caught up".to_owned(),
        (_, Some(eta)) => format!("{} left", Span::from_secs(eta.ceil() as i64)),
        _ if own.throughput == Some(0.0) => "not moving".to_owned(),
        (Some(_), None) if own.growth.is_some_and(|growth| growth > 0.0) => {
            "falls behind".to_owned()
        }
        (Some(_), None) if own.growth.is_some() => "keeps behind".to_owned(),
        _ => "not known".to_owned(),
    }
}
