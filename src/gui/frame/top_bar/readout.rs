//! What the bar says of the moment that everything is shown as of, and how wide that is.

use egui::Ui;

use super::FIELD_WIDTH;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::words::{self, TimeFormat};
use crate::log::{Bound, Clock};
use crate::model::time::Style;
use crate::render::grouped;

/// A part of the readout: its text, and whether it is strong.
pub(super) type Part = (String, bool);

/// What the readout says.
pub(super) fn parts(model: &Model, times: Option<TimeFormat>) -> Vec<Part> {
    let as_of = model.cursor.as_of();
    let log = model.log();
    let total = log.map_or(0, |log| log.len() as u64);
    let zone = model.zone();
    let clock = match model.clock() {
        Clock::Recorded => "As of",
        Clock::Occurred => "As of occurred",
    };
    let mut parts = vec![(clock.to_owned(), false)];
    if total == 0 {
        let words = match log.is_some_and(|log| log.is_complete()) {
            true => "no event yet",
            false => "the first events",
        };
        parts.push((words.to_owned(), true));
        return parts;
    }
    match as_of.time {
        Some(time) => {
            // That of an event reads as in the table; one that was typed as it was.
            let moment = match (model.cursor.bound(), times) {
                (Bound::Time(_), _) | (_, None) => zone.format_bare(time, Style::AsNeeded),
                (_, Some(times)) => times.full(time),
            };
            parts.push((format!("{moment} {}", zone.label(time)), true));
        }
        None if as_of.position.is_none() => parts.push(("before the first event".to_owned(), true)),
        None => {}
    }
    if let Some(name) = &as_of.position {
        if parts.len() > 1 {
            parts.push(("·".to_owned(), false));
        }
        parts.push((words::position_named(name), true));
    }
    if model.cursor.is_at_head() {
        parts.push((model.reach().head().to_owned(), false));
    } else {
        let known = grouped(u64::from(model.cursor.cut().count()));
        let of = model.reach().of_events(total as usize);
        parts.push((format!("{known} {of}"), false));
    }
    parts
}

pub(super) fn width(ui: &Ui, model: &Model, times: Option<TimeFormat>) -> f32 {
    if model.session.is_none() {
        return 0.0;
    }
    let width = |(text, strong): Part| {
        let font = if strong {
            Face::CodeStrong.font()
        } else {
            Face::Secondary.font()
        };
        let galley = ui.painter().layout_no_wrap(text, font, ui.tokens().text);
        galley.size().x + 6.0
    };
    12.0 + 16.0 + parts(model, times).into_iter().map(width).sum::<f32>() + 6.0 + FIELD_WIDTH
}
