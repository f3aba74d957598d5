//! A filter or a badge as words: a name, its value, and a cross to take it away.

use egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::control;
use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};

/// A chip, 24 high: name in `text2`, value in medium, an optional cross.
#[derive(Clone, Copy, Debug)]
#[must_use = "call show"]
pub struct Chip<'a> {
    name: &'a str,
    value: &'a str,
    close: Option<()>,
}

/// What happened to a chip.
#[derive(Clone, Debug)]
pub struct ChipResponse {
    /// The chip itself, for menus and tooltips; `response.clicked()` opens its editor.
    pub response: Response,
    /// The cross was clicked: the chip is to go.
    pub closed: bool,
}

impl<'a> Chip<'a> {
    /// A chip reads as words: "Recorded" "from 11-29". Either may be empty.
    pub fn new(name: &'a str, value: &'a str) -> Self {
        Self {
            name,
            value,
            close: None,
        }
    }

    /// With a cross that takes the chip away.
    pub fn closable(mut self) -> Self {
        self.close = Some(());
        self
    }

    /// Shows the chip.
    pub fn show(self, ui: &mut Ui) -> ChipResponse {
        let t = ui.tokens();
        let painter = ui.painter().clone();
        let name = one_line(&painter, self.name, Face::Dense, t.text2, f32::INFINITY);
        let value = one_line(&painter, self.value, Face::DenseStrong, t.text, 320.0);
        let gap = if self.name.is_empty() || self.value.is_empty() {
            0.0
        } else {
            6.0
        };
        let cross = if self.close.is_some() { 20.0 } else { 0.0 };
        let words = name.size().x + gap + value.size().x;
        let size = vec2((words + cross + 16.0).ceil(), sizes::CHIP);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let words = [self.name, self.value].join(" ");
        let words = words.trim();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), words));
        control::paint(ui, &response, &control::framed(ui, &response));
        let mut inner = rect.shrink2(vec2(8.0, 0.0));
        let name_width = name.size().x;
        paint_galley(&painter, inner, Align2::LEFT_CENTER, name, t.text2);
        inner.min.x += name_width + gap;
        paint_galley(&painter, inner, Align2::LEFT_CENTER, value, t.text);
        let closed = self.close.is_some() && cross_clicked(ui, rect, &response, words);
        ChipResponse { response, closed }
    }
}

fn cross_clicked(ui: &Ui, rect: Rect, chip: &Response, words: &str) -> bool {
    let area = rect.with_min_x(rect.max.x - 24.0);
    let response = ui.interact(area, chip.id.with("close"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("Remove {words}"))
    });
    let t = ui.tokens();
    let colour = if response.hovered() { t.text } else { t.text3 };
    icons::paint(
        ui.painter(),
        icons::centred(area, 12.0),
        Icon::Close,
        colour,
    );
    control::focus_ring(ui, &response);
    response.clicked()
}
