//! The columns of the events table: which there are, which are shown, how a time stands in them.

use egui::{Popup, PopupCloseBehavior, Ui};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::widgets::{Button, Column};
use crate::gui::words::TimeFormat;
use crate::log::Clock;
use crate::workspace::Settings;

/// The table's name in the settings.
const TABLE: &str = "events";

/// A table narrower than this has narrower columns.
const NARROW: f32 = 640.0;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Col {
    Position,
    Type,
    Stream,
    Version,
    Time,
    Correlation,
    Category,
    Id,
    Payload,
}

impl Col {
    const ALL: [Self; 9] = [
        Self::Position,
        Self::Type,
        Self::Stream,
        Self::Version,
        Self::Time,
        Self::Correlation,
        Self::Category,
        Self::Id,
        Self::Payload,
    ];

    const USUAL: [Self; 7] = [
        Self::Position,
        Self::Type,
        Self::Stream,
        Self::Version,
        Self::Time,
        Self::Correlation,
        Self::Payload,
    ];

    /// For the settings.
    const fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Type => "type",
            Self::Stream => "stream",
            Self::Version => "version",
            Self::Time => "time",
            Self::Correlation => "correlation_id",
            Self::Category => "category",
            Self::Id => "id",
            Self::Payload => "data",
        }
    }

    /// For the menu.
    const fn title(self) -> &'static str {
        match self {
            Self::Position => "Position",
            Self::Type => "Event type",
            Self::Stream => "Stream",
            Self::Version => "Stream version",
            Self::Time => "Time",
            Self::Correlation => "Correlation",
            Self::Category => "Category",
            Self::Id => "Event id",
            Self::Payload => "Payload",
        }
    }

    /// As the table draws it in so much room.
    pub fn column(self, model: &Model, times: &TimeFormat, room: f32) -> Column {
        // So that a time is whole in half a small window.
        let part = if room < NARROW { 0.8 } else { 1.0 };
        match self {
            Self::Position => {
                let several = model.log().is_some_and(|log| !log.sources().is_empty());
                let width = if several { 148.0 } else { 80.0 * part };
                Column::new("Position", width).right().resizable()
            }
            Self::Type => Column::new("Event type", 176.0 * part).resizable(),
            Self::Stream => Column::new("Stream", 130.0 * part).resizable(),
            Self::Version => Column::new("v", 42.0).right(),
            Self::Time => {
                let clock = match model.clock() {
                    Clock::Recorded => "Recorded",
                    Clock::Occurred => "Occurred",
                };
                let head = format!("{clock}, {}", model.zone());
                Column::new(head, times.width()).named("time").resizable()
            }
            Self::Correlation => Column::new("Correlation", 100.0).resizable(),
            Self::Category => Column::new("Category", 100.0).resizable(),
            Self::Id => Column::new("Event id", 256.0).resizable(),
            Self::Payload => Column::rest("Payload", 80.0),
        }
    }

    /// Whether a store holds anything of it: where it does not, a column would say so in every row.
    fn is_held(self, model: &Model) -> bool {
        let lacks = |what: &str| {
            let session = model.session.as_ref();
            session.is_some_and(|open| open.opened.lacks.iter().any(|lack| lack == what))
        };
        match self {
            Self::Time => !(lacks("recorded time") && lacks("occurred time")),
            Self::Correlation => !lacks("correlation id"),
            Self::Id => !lacks("event id"),
            Self::Payload => !lacks("payload"),
            Self::Position | Self::Type | Self::Stream | Self::Version | Self::Category => true,
        }
    }
}

/// The columns that are shown: those chosen that the store holds.
pub(super) fn shown(model: &Model) -> Vec<Col> {
    let mut shown = chosen(&model.settings);
    shown.retain(|col| col.is_held(model));
    if shown.is_empty() {
        shown.push(Col::Position);
    }
    shown
}

/// The columns chosen, in the order of the table; the usual ones where nothing was.
fn chosen(settings: &Settings) -> Vec<Col> {
    let Some(kept) = settings.window.columns.get(TABLE) else {
        return Col::USUAL.to_vec();
    };
    let is_kept = |col: &Col| kept.iter().any(|name| name == col.name());
    let shown: Vec<Col> = Col::ALL.into_iter().filter(is_kept).collect();
    if shown.is_empty() {
        Col::USUAL.to_vec()
    } else {
        shown
    }
}

/// The button with the menu of columns.
pub(super) fn menu(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let button = ui.add(Button::secondary("Columns").menu());
    let popup = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(160.0);
        let (chosen, shown) = (chosen(&model.settings), shown(model));
        for col in Col::ALL {
            let held = col.is_held(model);
            let mut on = shown.contains(&col);
            let only = on && shown.len() == 1;
            let may = held && !only;
            let title = format!("Column {}", col.title());
            let check = ui.add_enabled(may, egui::Checkbox::new(&mut on, col.title()));
            check.widget_info(|| {
                egui::WidgetInfo::selected(egui::Role::CheckBox, may, on, title.as_str())
            });
            let check = match held {
                true => check,
                false => check.on_disabled_hover_text("Not held by this store"),
            };
            if check.changed() {
                let kept = Col::ALL.into_iter().filter(|other| match *other == col {
                    true => on,
                    false => chosen.contains(other),
                });
                let names = kept.map(|col| col.name().to_owned()).collect();
                outbox.send(Command::KeepColumns(TABLE, names));
            }
        }
    });
}
