//! What can be done with one row: the menu of the secondary button.

use egui::Ui;

use crate::analysis::events::{EventFilter, TypeFilter};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::widgets::menu_item;
use crate::log::{Bound, Log};
use crate::model::{EventIx, TypeIx};

pub(super) fn show(ui: &mut Ui, model: &Model, log: &Log, event: EventIx, outbox: &mut Outbox) {
    ui.set_min_width(220.0);
    let event_type = log.event_type(event);
    let name = log.type_name(event_type);
    let filter = |types: TypeFilter| {
        let filter = EventFilter {
            types,
            ..model.filter.clone()
        };
        Command::SetFilter(Box::new(filter))
    };
    item(ui, "Go to the state it made", outbox, || {
        Command::GoToEvent(event)
    });
    item(ui, "Move the cursor here", outbox, || {
        Command::MoveTo(Bound::Event(event))
    });
    ui.separator();
    item(ui, "Only this type", outbox, || {
        filter(TypeFilter::Only(vec![event_type]))
    });
    item(ui, "Without this type", outbox, || {
        filter(without_type(&model.filter.types, event_type))
    })
    .on_hover_text(name);
    item(ui, "Only this stream", outbox, || {
        Command::FilterStream(log.stream(event))
    });
    if log.correlation(event).is_some() {
        item(ui, "Same correlation", outbox, || {
            Command::FilterCorrelation(event)
        });
    }
    ui.separator();
    item(ui, "Copy row as JSON", outbox, || Command::CopyEvent(event));
    if let Some(id) = log.event_id(event) {
        item(ui, "Copy event id", outbox, || {
            Command::Copy(id.to_string())
        });
    }
    let stream = log.stream_name(log.stream(event));
    item(ui, "Copy stream", outbox, || {
        Command::Copy(stream.to_owned())
    });
    if let Some(id) = log.correlation(event) {
        item(ui, "Copy correlation id", outbox, || {
            Command::Copy(id.to_string())
        });
    }
}

fn item(
    ui: &mut Ui,
    word: &str,
    outbox: &mut Outbox,
    command: impl FnOnce() -> Command,
) -> egui::Response {
    let response = menu_item(ui, word);
    if response.clicked() {
        outbox.send(command());
    }
    response
}

/// The types admitted before, less one.
fn without_type(types: &TypeFilter, gone: TypeIx) -> TypeFilter {
    match types {
        TypeFilter::Any => TypeFilter::Without(vec![gone]),
        TypeFilter::Without(types) => {
            let mut types = types.clone();
            if !types.contains(&gone) {
                types.push(gone);
            }
            TypeFilter::Without(types)
        }
        TypeFilter::Only(types) => {
            let left: Vec<TypeIx> = types.iter().copied().filter(|own| *own != gone).collect();
            if left.is_empty() {
                TypeFilter::Without(vec![gone])
            } else {
                TypeFilter::Only(left)
            }
        }
    }
}
