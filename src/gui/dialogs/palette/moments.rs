//! Moments as the palette offers them: what was typed read as a time, a position or a version.

use super::entries::Entry;
use crate::gui::command::Command;
use crate::gui::model::Model;
use crate::gui::theme::Icon;
use crate::gui::words;
use crate::log::{Bound, Log};
use crate::model::time::{Moment, Style, input};
use crate::model::{Position, PositionName, StreamIx};

/// Moments that were typed, and what a bare number may be.
pub(super) fn meant(model: &Model, text: &str) -> Vec<Entry> {
    let Some(log) = model.log().filter(|_| !text.is_empty()) else {
        return Vec::new();
    };
    let stream = model.selection.stream;
    if let Ok(typed) = input::parse(text, &model.input_context()) {
        let go = Command::MoveToTyped(text.to_owned());
        return match typed.moment {
            Moment::Time(_) => vec![Entry::new(Icon::Pin, format!("To {}", typed.echo), go)],
            Moment::Head => vec![Entry::new(Icon::Last, "To the head", Command::ToHead)],
            Moment::Position(position) => vec![position_entry(model, log, &position)],
            Moment::Version(version) => {
                vec![version_entry(log, stream, &version.to_string())]
            }
        };
    }
    let Ok(number) = text.parse::<i64>() else {
        return Vec::new();
    };
    let mut entries = vec![position_entry(model, log, &Position(number).into())];
    if stream.is_some() {
        entries.push(version_entry(log, stream, &format!("v{number}")));
    }
    entries
}

fn position_entry(model: &Model, log: &Log, position: &PositionName) -> Entry {
    let note = match log.at_position_name(position) {
        Err(error) => error.to_string(),
        Ok(Bound::Head | Bound::Start | Bound::Time(_)) => "before the first event".to_owned(),
        Ok(Bound::Event(event)) => {
            let kind = log.type_name(log.event_type(event));
            let time = log.time(event, model.clock());
            let at = time.map(|time| model.zone().format(time, Style::AsNeeded));
            let behind = if log.position_name(event) == *position {
                String::new()
            } else {
                let own = words::position(log, event);
                format!("{own} is the last before it, ")
            };
            format!(
                "{behind}{kind}{}",
                at.map_or(String::new(), |at| format!(", {at}"))
            )
        }
    };
    let title = format!("To position {}", words::position_named(position));
    let command = Command::MoveToTyped(position.to_string());
    Entry::new(Icon::Pin, title, command).note(note)
}

fn version_entry(log: &Log, stream: Option<StreamIx>, version: &str) -> Entry {
    let title = match stream {
        Some(stream) => format!("To version {version} of {}", log.stream_name(stream)),
        None => format!("To version {version}: select a stream first"),
    };
    Entry::new(Icon::State, title, Command::MoveToTyped(version.to_owned()))
}
