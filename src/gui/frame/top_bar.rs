//! Menu, store, palette field, and the moment that everything is shown as of.

use egui::{Align, Align2, Id, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Direction, Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{IconButton, Keycap, TextField, focus_ring, one_line, paint_line};
use crate::gui::words::{self, TimeFormat, TimeFormats};
use crate::log::{Bound, Clock};
use crate::model::time::Style;
use crate::render::grouped;

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
        let readout = readout_width(ui, model, times);
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
        palette_field(ui, rect, model, outbox);
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
        for (text, strong) in readout_parts(model, times) {
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

/// A part of the readout: its text, and whether it is strong.
type ReadoutPart = (String, bool);

/// What the readout says.
fn readout_parts(model: &Model, times: Option<TimeFormat>) -> Vec<ReadoutPart> {
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

fn readout_width(ui: &Ui, model: &Model, times: Option<TimeFormat>) -> f32 {
    if model.session.is_none() {
        return 0.0;
    }
    let width = |(text, strong): ReadoutPart| {
        let font = if strong {
            Face::CodeStrong.font()
        } else {
            Face::Secondary.font()
        };
        let galley = ui.painter().layout_no_wrap(text, font, ui.tokens().text);
        galley.size().x + 6.0
    };
    12.0 + 16.0
        + readout_parts(model, times)
            .into_iter()
            .map(width)
            .sum::<f32>()
        + 6.0
        + FIELD_WIDTH
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

/// What the window shows, and as what it was recognised.
struct Store {
    name: String,
    badge: Option<String>,
    widths: (f32, f32),
}

/// What the left of the bar has room for.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Room {
    name: f32,
    badge: f32,
    palette: f32,
}

/// Between the parts of the bar.
const BETWEEN: f32 = 12.0;
/// Menu and the two buttons beside it.
const BUTTONS: f32 = 28.0 + BETWEEN + 48.0 + BETWEEN;
/// The palette's field: as wide as it may be, as narrow as it makes sense, and as a button.
const PALETTE: [f32; 3] = [304.0, 180.0, 28.0];
/// The caps in it.
const KEYS: f32 = 70.0;

impl Room {
    /// Shares `room` points: the name goes first, then the palette's field, then the badge.
    fn share(room: f32, (name, badge): (f32, f32)) -> Self {
        let [widest, least, button] = PALETTE;
        let rest = room - BUTTONS - BETWEEN - name - BETWEEN;
        let with_badge = rest - badge - BETWEEN;
        let palette = |rest: f32| rest.clamp(least, widest);
        if badge > 0.0 && with_badge >= least {
            let palette = palette(with_badge);
            return Self {
                name,
                badge,
                palette,
            };
        }
        let (badge, palette) = match rest >= least {
            true => (0.0, palette(rest)),
            false => (0.0, button),
        };
        let name = name.min(room - BUTTONS - 2.0 * BETWEEN - palette).max(24.0);
        Self {
            name,
            badge,
            palette,
        }
    }
}

impl Store {
    fn of(ui: &Ui, model: &Model) -> Self {
        let (name, badge) = match &model.session {
            None => ("Asof".to_owned(), None),
            Some(session) => {
                let recognition = &session.opened.recognition;
                let badge = match session.opened.parts.len() {
                    0 | 1 => format!("{} · {} %", recognition.name, recognition.confidence),
                    files => format!("{files} files, read as one"),
                };
                let name = crate::gui::widgets::middle_ellipsis(&session.name(), 40);
                (name, Some(badge))
            }
        };
        let width = |text: &str, face: Face| {
            let galley = one_line(ui.painter(), text, face, ui.tokens().text, f32::INFINITY);
            galley.size().x.ceil()
        };
        let badge_width = badge.as_deref();
        let badge_width = badge_width.map_or(0.0, |badge| width(badge, Face::Secondary) + 16.0);
        Self {
            widths: (width(&name, Face::Title), badge_width),
            name,
            badge,
        }
    }

    const fn widths(&self) -> (f32, f32) {
        self.widths
    }

    fn show(self, ui: &mut Ui, room: Room, model: &Model) {
        let t = ui.tokens();
        let text = egui::Label::new(Face::Title.text(&self.name, t.text));
        let size = vec2(room.name, 20.0);
        let layout = Layout::left_to_right(Align::Center);
        let name = ui
            .allocate_ui_with_layout(size, layout, |ui| ui.add(text.selectable(false).truncate()));
        let Some(session) = &model.session else {
            return;
        };
        let recognition = &session.opened.recognition;
        let badge = self.badge.unwrap_or_default();
        let path = session.opened.path.display();
        if room.badge == 0.0 {
            name.inner.on_hover_text(format!("{path}\n{badge}"));
            return;
        }
        name.inner.on_hover_text(path.to_string());
        let size = vec2(room.badge, 22.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, badge.clone()));
        let (ground, frame) = (t.raised, (1.0, t.border));
        let inside = egui::StrokeKind::Inside;
        ui.painter()
            .rect(rect, sizes::RADIUS, ground, frame, inside);
        let centre = Align2::CENTER_CENTER;
        paint_line(ui.painter(), rect, centre, &badge, Face::Secondary, t.text2);
        response.on_hover_text(&recognition.notes);
    }
}

fn palette_field(ui: &mut Ui, rect: Rect, model: &Model, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let response = ui.interact(rect, Id::unique("palette-field"), Sense::click());
    if rect.width() < PALETTE[1] {
        return palette_button(ui, rect, &response, outbox);
    }
    let hint = if model.session.is_some() {
        "Go to stream, event, command…"
    } else {
        "Commands and help…"
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, hint));
    let ground = if response.hovered() {
        tokens.hover
    } else {
        tokens.field
    };
    ui.painter().rect(
        rect,
        sizes::RADIUS,
        ground,
        (1.0, tokens.border2),
        egui::StrokeKind::Inside,
    );
    icons::paint(
        ui.painter(),
        Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), vec2(14.0, 14.0)),
        Icon::Search,
        tokens.text2,
    );
    let from = rect.with_min_x(rect.left() + 30.0);
    let painter = ui.painter();
    let words = one_line(painter, hint, Face::Dense, tokens.text3, f32::INFINITY);
    // The keys stand beside it where both fit.
    let free = from.width() - words.size().x;
    let (room, keys) = match free >= KEYS + BETWEEN {
        true => (from.with_max_x(rect.right() - KEYS), Some("Ctrl+K")),
        false => (from.with_max_x(rect.right() - 6.0), None),
    };
    let centre = Align2::LEFT_CENTER;
    paint_line(painter, room, centre, hint, Face::Dense, tokens.text3);
    if let Some(keys) = keys {
        let mut caps = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.with_min_x(room.right()))
                .layout(Layout::right_to_left(Align::Center)),
        );
        caps.add_space(6.0);
        caps.add(Keycap::new(keys));
    }
    focus_ring(ui, &response);
    if response.clicked() {
        outbox.send(Command::Palette);
    }
}

/// The field where there is no room for it.
fn palette_button(ui: &Ui, rect: Rect, response: &egui::Response, outbox: &mut Outbox) {
    let name = "Go to stream, event, command…";
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    let t = ui.tokens();
    if response.hovered() {
        ui.painter().rect_filled(rect, sizes::RADIUS, t.hover);
    }
    let square = Rect::from_center_size(rect.center(), vec2(16.0, 16.0));
    icons::paint(ui.painter(), square, Icon::Search, t.text2);
    focus_ring(ui, response);
    if response.clicked() {
        outbox.send(Command::Palette);
    }
    response.clone().on_hover_text(format!("{name}  Ctrl+K"));
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
