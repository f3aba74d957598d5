//! The page for a range of time or of positions, typed as people type moments.

use egui::Ui;

use super::Stays;
use crate::analysis::events::EventFilter;
use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::views::events::bar::set;
use crate::gui::widgets::{Button, FirstFocus, TextField};
use crate::log::{Bound, Log};
use crate::model::time::{Edge, InputContext, Moment, Style, input};

/// A bound being typed.
#[derive(Default)]
pub(super) struct Typed {
    text: String,
    error: Option<String>,
}

impl Typed {
    /// The bound of a filter, as one would type it.
    pub fn of(bound: Bound, model: &Model, log: &Log) -> Self {
        let text = match bound {
            Bound::Time(time) => model.zone().format_bare(time, Style::AsNeeded),
            Bound::Event(event) if event.at() < log.len() => log.position_name(event).to_string(),
            _ => String::new(),
        };
        Self { text, error: None }
    }
}

pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    log: &Log,
    (from, to): (&mut Typed, &mut Typed),
    focus: &mut FirstFocus,
    outbox: &mut Outbox,
) -> Stays {
    let t = ui.tokens();
    focus.give(ui, field_id("From"));
    let mut entered = field(ui, "From", from);
    entered |= field(ui, "Until", to);
    ui.add_space(4.0);
    let note = if log.has_clock(model.clock()) {
        format!(
            "Times are {}. A bare date is from its beginning until its end; #1042 is a position.",
            model.zone()
        )
    } else {
        "This store has no times; type positions: #1042.".to_owned()
    };
    ui.add(egui::Label::new(Face::Secondary.text(note, t.text3)).wrap());
    ui.add_space(4.0);
    entered |= ui.add(Button::secondary("Apply range").small()).clicked();
    if !entered {
        return Stays::Open;
    }
    let start = read(from, Edge::Start, model, log);
    let end = read(to, Edge::End, model, log);
    let (Some(from), Some(to)) = (start, end) else {
        return Stays::Open;
    };
    let filter = EventFilter {
        from,
        to,
        ..model.filter.clone()
    };
    set(outbox, filter);
    Stays::Closed
}

fn field_id(name: &str) -> egui::Id {
    egui::Id::unique(("filter by time", name))
}

/// Whether Enter was pressed in it.
fn field(ui: &mut Ui, name: &str, typed: &mut Typed) -> bool {
    let t = ui.tokens();
    let mut entered = false;
    ui.horizontal(|ui| {
        let label = egui::Label::new(Face::Dense.text(name, t.text2));
        ui.add_sized([48.0, 28.0], label);
        let id = field_id(name);
        let name = format!("{name} time or position");
        let field = TextField::new(&name, &mut typed.text)
            .hint("2024-11-29, yesterday 14:34, #1042")
            .error(typed.error.as_deref())
            .mono()
            .id(id);
        let response = ui.add(field);
        if response.changed() {
            typed.error = None;
        }
        entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    });
    if let Some(error) = &typed.error {
        ui.label(Face::Secondary.text(error, t.error));
    }
    entered
}

/// What was typed, or `None` with the error noted.
fn read(typed: &mut Typed, edge: Edge, model: &Model, log: &Log) -> Option<Bound> {
    let open = match edge {
        Edge::Start => Bound::Start,
        Edge::End => Bound::Head,
    };
    if typed.text.trim().is_empty() {
        return Some(open);
    }
    let context = InputContext {
        now: model.now,
        head: log.head_time(model.clock()),
        cursor: model.cursor.time(),
        zone: model.zone(),
        edge,
    };
    let read = input::parse(&typed.text, &context).map_err(|error| error.to_string());
    let bound = read.and_then(|typed| match typed.moment {
        Moment::Head if edge == Edge::End => Ok(Bound::Head),
        Moment::Head => Err("A range cannot begin at the head".to_owned()),
        Moment::Time(_) if !log.has_clock(model.clock()) => {
            Err("This store has no times; type a position: #1042".to_owned())
        }
        Moment::Time(time) => Ok(Bound::Time(time)),
        Moment::Position(position) => match edge {
            Edge::Start => log.from_position_name(&position),
            Edge::End => log.at_position_name(&position),
        }
        .map_err(|error| error.to_string()),
        Moment::Version(_) => {
            Err("A version is of one stream; type a time or a position".to_owned())
        }
    });
    match bound {
        Ok(bound) => Some(bound),
        Err(error) => {
            typed.error = Some(error);
            None
        }
    }
}
