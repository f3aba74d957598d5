//! The row of buttons over the plot: moving the cursor, how fast time runs, what the lanes are, how
//! much can be seen.

use egui::{Align, Layout, Popup, Rect, Response, Sense, Ui, UiBuilder, vec2};

use super::window::{Limits, TimeWindow};
use super::{FOLLOWED, TimePanel};
use crate::analysis::density::{LaneBy, Scale};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Direction, Model, SPEEDS, Step};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{
    Button, Check, IconButton, Segments, Toggle, menu_content, middle_ellipsis, note_item,
};
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::Idle;

/// Below this the words that explain a menu are left out.
const WIDE: f32 = 1240.0;
/// Letters of a stream's name in the menu.
const NAME: usize = 20;

/// How wide the row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Wide,
    Narrow,
}

/// How much can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zoom {
    Length(i64),
    All,
}

const TIMES: [(&str, i64); 4] = [
    ("1 h", 3_600_000_000),
    ("1 d", 86_400_000_000),
    ("1 w", 604_800_000_000),
    ("1 mo", 2_592_000_000_000),
];
const ORDERS: [(&str, i64); 4] = [
    ("100", 100),
    ("1 k", 1_000),
    ("10 k", 10_000),
    ("100 k", 100_000),
];

/// What zooming needs to know.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub scale: Scale,
    pub limits: Limits,
    pub window: TimeWindow,
    pub cursor: i64,
}

impl TimePanel {
    /// Draws the row. `view` is what can be seen, if there is anything.
    pub(super) fn transport(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        view: Option<View>,
        model: &Model,
        outbox: &mut Outbox,
    ) {
        let inner = rect.shrink2(vec2(10.0, 0.0));
        let row = |layout| UiBuilder::new().max_rect(inner).layout(layout);
        let room = if rect.width() >= WIDE {
            Room::Wide
        } else {
            Room::Narrow
        };
        let between = if room == Room::Wide { 20.0 } else { sizes::GAP };
        ui.scope_builder(row(Layout::left_to_right(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            self.moves(ui, model, outbox);
            ui.add_space(sizes::PAD);
            speed(ui, model, outbox);
            ui.add_space(between);
            self.stepping(ui, room, model);
            ui.add_space(between);
            self.lanes_by(ui, room);
        });
        ui.scope_builder(row(Layout::right_to_left(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if let Some(view) = view {
                self.zooming(ui, view);
            }
            ui.add_space(between / 2.0);
            bookmark(ui, room, outbox);
            // Between places in the log nothing is idle.
            if view.is_none_or(|view| matches!(view.scale, Scale::Time(_))) {
                ui.add_space(between / 2.0);
                self.collapsing(ui);
            }
        });
    }

    fn moves(&self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let by_stream = self.kept.value.step == Step::Selection && model.selection.stream.is_some();
        let step = |direction| match (by_stream, direction) {
            (true, direction) => Command::StepSelection(direction),
            (false, direction) => Command::StepEvent(direction),
        };
        let (back, forward) = if by_stream {
            ("Previous event of the stream", "Next event of the stream")
        } else {
            ("Previous event", "Next event")
        };
        let play = if model.playback.is_playing() {
            (Icon::Pause, "Pause")
        } else {
            (Icon::Play, "Play")
        };
        let buttons = [
            (Icon::First, "To the first event", Command::ToStart),
            (Icon::Prev, back, step(Direction::Back)),
            (play.0, play.1, Command::TogglePlay),
            (Icon::Next, forward, step(Direction::Forward)),
            (Icon::Last, "To the head", Command::ToHead),
        ];
        for (icon, name, command) in buttons {
            let keys = keys_of(ui, &command).unwrap_or_default();
            let mut button = IconButton::new(icon, name);
            if command == Command::TogglePlay {
                button = button.toggled(model.playback.is_playing());
            }
            if !keys.is_empty() {
                button = button.shortcut(&keys);
            }
            if ui.add(button).clicked() {
                outbox.send(command);
            }
        }
    }

    fn stepping(&mut self, ui: &mut Ui, room: Room, model: &Model) {
        explain(ui, room, "Step by");
        let stream = model.selection.stream.zip(model.log());
        let of_stream = stream.map(|(stream, log)| {
            format!(
                "event of {}",
                middle_ellipsis(log.stream_name(stream), NAME)
            )
        });
        let chosen = match (&of_stream, self.kept.value.step) {
            (Some(name), Step::Selection) => name,
            _ => "event of the log",
        };
        let button = Button::secondary(chosen).small().menu().name("Step by");
        let response = ui.add(button);
        popup(&response, |ui| {
            let on = self.kept.value.step == Step::Event || of_stream.is_none();
            if choice(ui, on.into(), "event of the log").clicked() {
                self.kept.value.step = Step::Event;
            }
            ui.add_enabled_ui(of_stream.is_some(), |ui| {
                let name = of_stream
                    .as_deref()
                    .unwrap_or("event of the selected stream");
                if choice(ui, (!on).into(), name).clicked() {
                    self.kept.value.step = Step::Selection;
                }
            });
        });
    }

    fn lanes_by(&mut self, ui: &mut Ui, room: Room) {
        explain(ui, room, "Lanes");
        let word = |by: LaneBy| match by {
            LaneBy::Type => "Event type",
            _ => "Category",
        };
        let button = Button::secondary(word(self.kept.value.lanes))
            .small()
            .menu()
            .name("Lanes");
        let response = ui.add(button);
        popup(&response, |ui| {
            for by in [LaneBy::Category, LaneBy::Type] {
                if choice(ui, (self.kept.value.lanes == by).into(), word(by)).clicked() {
                    self.kept.value.lanes = by;
                }
            }
        });
    }

    fn collapsing(&mut self, ui: &mut Ui) {
        let on = self.kept.value.idle == Idle::Collapsed;
        if ui.add(Check::new("Collapse idle gaps", on)).clicked() {
            self.kept.value.idle = if on { Idle::Shown } else { Idle::Collapsed };
        }
    }

    /// Right to left.
    fn zooming(&mut self, ui: &mut Ui, view: View) {
        let View {
            scale,
            limits,
            window,
            cursor,
        } = view;
        let at = if window.contains(cursor) {
            cursor
        } else {
            window.from().midpoint(window.to())
        };
        if ui.add(IconButton::new(Icon::Plus, "Zoom in")).clicked() {
            self.see(window.zoom_at(at, 0.5, limits), limits);
        }
        if ui.add(IconButton::new(Icon::Minus, "Zoom out")).clicked() {
            self.see(window.zoom_at(at, 2.0, limits), limits);
        }
        ui.add_space(4.0);
        let lengths = match scale {
            Scale::Time(_) => TIMES,
            Scale::Order => ORDERS,
        };
        let before = match self.window {
            None => Some(Zoom::All),
            Some(window) => lengths
                .into_iter()
                .find(|(_, length)| i128::from(*length) == window.length())
                .map(|(_, length)| Zoom::Length(length)),
        };
        let mut zoom = before;
        let mut segments = Segments::new("Visible time", &mut zoom);
        for (word, length) in lengths {
            segments = segments.option(Some(Zoom::Length(length)), word);
        }
        if segments.option(Some(Zoom::All), "All").show(ui).changed() {
            let seen =
                match zoom {
                    Some(Zoom::Length(length)) => window
                        .reveal(cursor, FOLLOWED, limits)
                        .with_length(length.into(), cursor, limits),
                    _ => TimeWindow::whole(limits),
                };
            self.see(seen, limits);
        }
    }
}

fn popup(button: &Response, content: impl FnOnce(&mut Ui)) {
    Popup::menu(button).show(|ui| menu_content(ui, content));
}

/// A word before a menu; the menu carries it for assistive technology.
fn explain(ui: &mut Ui, room: Room, word: &str) {
    if room == Room::Narrow {
        return;
    }
    let colour = ui.tokens().text2;
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), Face::Secondary.font(), colour);
    let (rect, _) = ui.allocate_exact_size(galley.size() + vec2(10.0, 0.0), Sense::hover());
    ui.painter().galley(rect.min, galley, colour);
}

fn choice(ui: &mut Ui, toggle: Toggle, text: &str) -> Response {
    let response = ui.add(egui::Button::selectable(toggle == Toggle::On, text));
    note_item(ui, &response);
    response
}

fn speed(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    let current = model.playback.speed;
    let text = format!("× {}", grouped(current.into()));
    let response = ui.add(Button::secondary(&text).small().menu().name("Speed"));
    let timed = model.log().is_none_or(|log| log.has_clock(model.clock()));
    popup(&response, |ui| {
        for speed in SPEEDS {
            let amount = if timed {
                Span::from_secs(speed.into()).to_string()
            } else {
                format!("{} events", grouped(speed.into()))
            };
            let text = format!("× {}: {amount} per second", grouped(speed.into()));
            if choice(ui, (speed == current).into(), &text).clicked() {
                outbox.send(Command::SetSpeed(speed));
            }
        }
    });
}

fn bookmark(ui: &mut Ui, room: Room, outbox: &mut Outbox) {
    let keys = keys_of(ui, &Command::AddBookmark).unwrap_or_default();
    let response = if room == Room::Wide {
        ui.add(
            Button::ghost("Bookmark")
                .icon(Icon::Flag)
                .shortcut(&keys)
                .small(),
        )
    } else {
        ui.add(IconButton::new(Icon::Flag, "Bookmark").shortcut(&keys))
    };
    if response
        .on_hover_text("Remember the moment of the cursor")
        .clicked()
    {
        outbox.send(Command::AddBookmark);
    }
}

/// The keys of a command, as people read them.
fn keys_of(ui: &Ui, command: &Command) -> Option<String> {
    let listed = Command::listed()
        .iter()
        .find(|listed| listed.command.clone() == *command)?;
    listed.keys_text(ui.ctx())
}
