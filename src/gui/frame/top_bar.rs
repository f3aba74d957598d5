//! Menu, store, palette field, and the moment that everything is shown as of.

use egui::{Align, Align2, Id, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{IconButton, Keycap, TextField};
use crate::model::time::Style;
use crate::render::grouped;

/// Keeps what is being typed.
#[derive(Default)]
pub(super) struct TopBar {
    typed: String,
    error: Option<String>,
    echo: Option<String>,
    focus: bool,
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
        let tokens = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, tokens.panel);
        ui.painter()
            .hline(all.x_range(), all.bottom() - 0.5, (1.0, tokens.border));
        let inner = Rect::from_min_max(
            pos2(all.left() + 22.0, all.top()),
            pos2(all.right() - sizes::PAD, all.bottom()),
        );
        let readout = readout_width(ui, model);
        ui.scope_builder(
            egui::UiBuilder::new()
                .max_rect(inner)
                .layout(Layout::left_to_right(Align::Center)),
            |ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                super::menu::show(ui, model, outbox);
                store(ui, model);
            },
        );
        // In the middle of what the others leave, so that it never lies under either.
        let right = inner.right() - readout;
        let width = 304.0_f32.min(right - inner.left() - 330.0);
        if width > 150.0 {
            let centre = (all.center().x - 144.0).clamp(
                inner.left() + 320.0,
                (right - 12.0 - width).max(inner.left() + 320.0),
            );
            let rect = Rect::from_min_size(pos2(centre, all.center().y - 14.0), vec2(width, 28.0));
            palette_field(ui, rect, model, outbox);
        }
        if model.session.is_none() {
            corner(ui, inner, outbox);
        }
        if model.session.is_some() {
            let rect = Rect::from_min_max(
                pos2(right, all.center().y - 14.0),
                pos2(inner.right(), all.center().y + 14.0),
            );
            self.readout(ui, rect, model, outbox);
        }
    }

    fn readout(&mut self, ui: &mut Ui, rect: Rect, model: &Model, outbox: &mut Outbox) {
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
        for (text, strong) in readout_parts(model) {
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
        let response = match &self.echo {
            Some(echo) => response.on_hover_text(format!("Read as {echo}")),
            None => response,
        };
        if response.clicked() {
            self.focus = true;
        }
        self.field(ui, rect.with_min_x(rect.right() - FIELD_WIDTH), outbox);
        ui.painter().rect_stroke(
            rect,
            sizes::RADIUS,
            (1.0, tokens.cursor),
            egui::StrokeKind::Inside,
        );
    }

    fn field(&mut self, ui: &mut Ui, rect: Rect, outbox: &mut Outbox) {
        let id = Id::unique("time-field");
        let mut field = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect)
                .layout(Layout::left_to_right(Align::Center)),
        );
        let response = field.add(
            TextField::new("Moment", &mut self.typed)
                .hint(TIME_FIELD)
                .error(self.error.as_deref())
                .width(rect.width())
                .id(id),
        );
        if std::mem::take(&mut self.focus) {
            response.request_focus();
        }
        if response.changed() {
            self.error = None;
        }
        if response.lost_focus()
            && ui.input(|input| input.key_pressed(egui::Key::Enter))
            && !self.typed.trim().is_empty()
        {
            outbox.send(Command::MoveToTyped(self.typed.clone()));
        }
        if let Some(error) = &self.error {
            response.show_tooltip_text(error);
        }
    }
}

/// What the readout says, and which parts of it are strong.
fn readout_parts(model: &Model) -> Vec<(String, bool)> {
    let as_of = model.cursor.as_of();
    let total = model.log().map_or(0, |log| log.len() as u64);
    let zone = model.zone();
    let mut parts = vec![("As of".to_owned(), false)];
    match as_of.time {
        Some(time) => parts.push((
            format!(
                "{} {}",
                zone.format_bare(time, Style::AsNeeded),
                zone.label(time)
            ),
            true,
        )),
        None if as_of.position.is_none() => parts.push(("before the first event".to_owned(), true)),
        None => {}
    }
    if let Some(name) = &as_of.position {
        let text = match name.file {
            None => format!("#{}", grouped(name.position.0.max(0).cast_unsigned())),
            Some(_) => name.to_string(),
        };
        parts.push((text, true));
    }
    if model.cursor.is_at_head() {
        parts.push(("head".to_owned(), false));
    } else {
        parts.push((
            format!(
                "{} of {}",
                grouped(u64::from(model.cursor.cut().count())),
                grouped(total)
            ),
            false,
        ));
    }
    parts
}

fn readout_width(ui: &Ui, model: &Model) -> f32 {
    if model.session.is_none() {
        return 0.0;
    }
    let width = |(text, strong): (String, bool)| {
        let font = if strong {
            Face::CodeStrong.font()
        } else {
            Face::Secondary.font()
        };
        let galley = ui.painter().layout_no_wrap(text, font, ui.tokens().text);
        galley.size().x + 6.0
    };
    12.0 + 16.0 + readout_parts(model).into_iter().map(width).sum::<f32>() + 6.0 + FIELD_WIDTH
}

fn store(ui: &mut Ui, model: &Model) {
    let tokens = ui.tokens();
    ui.add_space(8.0);
    let Some(session) = &model.session else {
        ui.add(egui::Label::new(Face::Title.text("Asof", tokens.text)).selectable(false));
        return;
    };
    let name = crate::gui::widgets::middle_ellipsis(&session.name(), 28);
    ui.add(egui::Label::new(Face::Title.text(name, tokens.text)).selectable(false))
        .on_hover_text(session.opened.path.display().to_string());
    let recognition = &session.opened.recognition;
    let badge = format!("{} · {} %", recognition.name, recognition.confidence);
    let galley = ui
        .painter()
        .layout_no_wrap(badge.clone(), Face::Secondary.font(), tokens.text2);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(16.0, 6.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, badge.clone()));
    ui.painter().rect(
        rect,
        sizes::RADIUS,
        tokens.raised,
        (1.0, tokens.border),
        egui::StrokeKind::Inside,
    );
    ui.painter()
        .galley(rect.center() - galley.size() / 2.0, galley, tokens.text2);
    response.on_hover_text(&recognition.notes);
}

fn palette_field(ui: &mut Ui, rect: Rect, model: &Model, outbox: &mut Outbox) {
    let tokens = ui.tokens();
    let response = ui.interact(rect, Id::unique("palette-field"), Sense::click());
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
    ui.painter().text(
        pos2(rect.left() + 30.0, rect.center().y),
        Align2::LEFT_CENTER,
        hint,
        Face::Dense.font(),
        tokens.text3,
    );
    if rect.width() > 260.0 {
        let caps = Rect::from_min_max(pos2(rect.right() - 70.0, rect.top()), rect.max);
        let mut caps = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(caps)
                .layout(Layout::right_to_left(Align::Center)),
        );
        caps.add_space(6.0);
        caps.add(Keycap::new("Ctrl+K"));
    }
    if response.clicked() {
        outbox.send(Command::Palette);
    }
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
