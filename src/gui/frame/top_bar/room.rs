//! The left of the bar: which store is shown and as what it was recognised, and how its room is shared.

use egui::{Align, Align2, Layout, Role, Sense, Ui, WidgetInfo, vec2};

use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{one_line, paint_line};

/// What the window shows, and as what it was recognised.
pub(super) struct Store {
    name: String,
    badge: Option<String>,
    widths: (f32, f32),
}

/// What the left of the bar has room for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    name: f32,
    badge: f32,
    pub palette: f32,
}

/// Between the parts of the bar.
pub(super) const BETWEEN: f32 = 12.0;
/// Menu and the two buttons beside it.
const BUTTONS: f32 = 28.0 + BETWEEN + 48.0 + BETWEEN;
/// The palette's field: as wide as it may be, as narrow as it makes sense, and as a button.
pub(super) const PALETTE: [f32; 3] = [304.0, 180.0, 28.0];
impl Room {
    /// Shares `room` points: the name goes first, then the palette's field, then the badge.
    pub fn share(room: f32, (name, badge): (f32, f32)) -> Self {
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
    pub fn of(ui: &Ui, model: &Model) -> Self {
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

    pub const fn widths(&self) -> (f32, f32) {
        self.widths
    }

    pub fn show(self, ui: &mut Ui, room: Room, model: &Model) {
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
