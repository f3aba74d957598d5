//! Menu, store, palette field, and the moment that everything is shown as of.

mod palette_field;
mod readout;
mod room;

use egui::{Align, Align2, Id, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Direction, Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{IconButton, TextField};
use crate::gui::words::{TimeFormat, TimeFormats};
use crate::log::Clock;
use room::{BETWEEN, Room, Store};

/// Keeps what is being typed.
#[derive(Default)]
pub(super) struct TopBar {
    typed: String,
    error: Option<String>,
    /// The view that is shown: with another one, what was wrong with a moment is past.
    view: View,
    echo: Option<String>,
    focus: bool,
    times: TimeFormats,
}

const TIME_FIELD: &str = "Type a time, #1042, v7";
const FIELD_WIDTH: f32 = 168.0;

impl TopBar {
    pub fn focus_time(&mut self) {
        self.focus = true;
    }

    pub fn typed(&mut self, result: Result<String, String>) {
        match result {
            Ok(echo) => {
                self.typed.clear();
                self.error = None;
                self.echo = Some(echo);
            }
            Err(message) => {
                self.error = Some(message);
                self.focus = true;
            }
        }
    }

    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        if std::mem::replace(&mut self.view, model.view) != model.view && self.error.is_some() {
            self.error = None;
            self.typed.clear();
        }
        let tokens = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, tokens.panel);
        ui.painter()
            .hline(all.x_range(), all.bottom() - 0.5, (1.0, tokens.border));
        let inner = Rect::from_min_max(
            pos2(all.left() + 22.0, all.top()),
            pos2(all.right() - sizes::PAD, all.bottom()),
        );
        let times = model.log().map(|log| self.times.get(model, log));
        let readout = readout::width(ui, model, times);
        let right = inner.right() - readout;
        let room = Room::share(right - inner.left(), Store::of(ui, model).widths());
        let left = ui.scope_builder(
            egui::UiBuilder::new()
                .max_rect(inner.with_max_x(right))
                .layout(Layout::left_to_right(Align::Center)),
            |ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                super::menu::show(ui, model, outbox);
                retrace(ui, model, outbox);
                Store::of(ui, model).show(ui, room, model);
            },
        );
        let from = left.response.rect.right() + BETWEEN;
        let width = room.palette.min(right - BETWEEN - from);
        // In the middle of the window, as far as the others leave it.
        let most = (right - BETWEEN - width).max(from);
        let left = (all.center().x - width / 2.0).clamp(from, most);
        let rect = Rect::from_min_size(pos2(left, all.center().y - 14.0), vec2(width, 28.0));
        palette_field::show(ui, rect, model, outbox);
        if model.session.is_none() {
            corner(ui, inner, outbox);
        }
        if model.session.is_some() {
            let rect = Rect::from_min_max(
                pos2(right, all.center().y - 14.0),
                pos2(inner.right(), all.center().y + 14.0),
            );
            self.readout(ui, rect, (model, times), outbox);
        }
    }

    fn readout(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        (model, times): (&Model, Option<TimeFormat>),
        outbox: &mut Outbox,
    ) {
        let tokens = ui.tokens();
        let painter = ui.painter();
        let left = rect.with_max_x(rect.right() - FIELD_WIDTH);
        painter.rect_filled(left, sizes::RADIUS, tokens.cursor_bg);
        let mut x = left.left() + 12.0;
        icons::paint(
            painter,
            Rect::from_center_size(pos2(x + 4.0, left.center().y), vec2(12.0, 12.0)),
            Icon::Pin,
            tokens.cursor,
        );
        x += 16.0;
        let mut spoken = String::new();
        for (text, strong) in readout::parts(model, times) {
            let (font, colour) = if strong {
                (Face::CodeStrong.font(), tokens.text)
            } else {
                (Face::Secondary.font(), tokens.text2)
            };
            let drawn = painter.text(
                pos2(x, left.center().y),
                Align2::LEFT_CENTER,
                &text,
                font,
                colour,
            );
            x = drawn.right() + 6.0;
            spoken.push_str(&text);
            spoken.push(' ');
        }
        let response = ui.interact(left, Id::unique("as-of"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken.trim().to_owned()));
        let mut hover = match &self.echo {
            Some(echo) => format!("Read as {echo}"),
            None => "Everything is shown as of this moment".to_owned(),
        };
        if model.clock() == Clock::Occurred {
            hover.push_str("\nBy occurred time; Settings have the clock");
        }
        let response = response.on_hover_text(hover);
        if response.clicked() {
            self.focus = true;
        }
        let field = rect.with_min_x(left.right());
        ui.painter()
            .vline(field.left() + 0.5, rect.y_range(), (1.0, tokens.cursor));
        self.field(ui, field, outbox);
        ui.painter().rect_stroke(
            rect,
            sizes::RADIUS,
            (1.0, tokens.cursor),
            egui::StrokeKind::Inside,
        );
    }

    fn field(&mut self, ui: &mut Ui, rect: Rect, outbox: &mut Outbox) {
        let id = Id::unique("time-field");
        // Before the field is drawn, so that what is typed in this very frame is in it.
        if std::mem::take(&mut self.focus) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let mut field = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect)
                .layout(Layout::left_to_right(Align::Center)),
        );
        let response = field.add(
            TextField::new("Moment", &mut self.typed)
                .hint(TIME_FIELD)
                .error(self.error.as_deref())
                .bare()
                .width(rect.width())
                .id(id),
        );
        if response.changed() {
            self.error = None;
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.typed.clear();
            self.error = None;
        }
        if response.lost_focus()
            && ui.input(|input| input.key_pressed(egui::Key::Enter))
            && !self.typed.trim().is_empty()
        {
            outbox.send(Command::MoveToTyped(self.typed.clone()));
        }
        // Not over a dialog, which takes the keyboard away.
        if let Some(error) = self.error.as_ref().filter(|_| response.has_focus()) {
            response.show_tooltip_text(error);
        }
    }
}

/// Back to where one was, and forward again.
fn retrace(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    if model.session.is_none() {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (icon, name, keys, direction) in [
            (Icon::Left, "Back to where I was", "Alt+←", Direction::Back),
            (Icon::Right, "Forward again", "Alt+→", Direction::Forward),
        ] {
            let button = IconButton::new(icon, name).small().shortcut(keys);
            if ui
                .add_enabled(model.trail.leads(direction), button)
                .clicked()
            {
                outbox.send(Command::Retrace(direction));
            }
        }
    });
}

/// Help and settings, which stand below the rail while there is one.
fn corner(ui: &mut Ui, rect: Rect, outbox: &mut Outbox) {
    let builder = egui::UiBuilder::new()
        .id_salt("corner")
        .max_rect(rect)
        .layout(Layout::right_to_left(Align::Center));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = 4.0;
    let settings = IconButton::new(Icon::Settings, "Settings").shortcut("Ctrl+,");
    if ui.add(settings).clicked() {
        outbox.send(Command::Settings);
    }
    let help = IconButton::new(Icon::Help, "Keyboard shortcuts").shortcut("F1");
    if ui.add(help).clicked() {
        outbox.send(Command::Help);
    }
}

/// The menu's button; kept here beside the bar that holds it.
pub(super) fn menu_button() -> IconButton<'static> {
    IconButton::new(Icon::Menu, "Menu")
}
