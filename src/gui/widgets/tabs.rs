//! Sub-pages of a pane: words over an accent line, with the count of what each page holds.

use egui::{Align2, Color32, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::control;
use super::line::{one_line, paint_galley};
use crate::gui::theme::{Face, TokensExt, sizes};

/// Tabs, as high as a pane's head, with a border under all of them.
#[derive(Debug)]
#[must_use = "call show"]
pub struct Tabs<'a, T> {
    name: &'a str,
    current: &'a mut T,
    tabs: Vec<(T, &'a str, Option<String>)>,
}

impl<'a, T: PartialEq + Clone> Tabs<'a, T> {
    /// `name` says what the tabs are of, for assistive technology.
    pub fn new(name: &'a str, current: &'a mut T) -> Self {
        Self {
            name,
            current,
            tabs: Vec::new(),
        }
    }

    /// One more tab.
    pub fn tab(mut self, value: T, word: &'a str) -> Self {
        self.tabs.push((value, word, None));
        self
    }

    /// One more tab with a count, already written ("1,204").
    pub fn tab_with_count(mut self, value: T, word: &'a str, count: impl Into<String>) -> Self {
        self.tabs.push((value, word, Some(count.into())));
        self
    }

    /// Shows the tabs over the full width; the response is `changed` when another one was chosen.
    pub fn show(self, ui: &mut Ui) -> Response {
        let t = ui.tokens();
        let size = vec2(ui.available_width(), sizes::PANE_HEAD);
        let (rect, mut whole) = ui.allocate_exact_size(size, Sense::hover());
        whole.widget_info(|| WidgetInfo::labeled(Role::TabList, ui.is_enabled(), self.name));
        let painter = ui.painter().clone();
        painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
        let mut left = rect.min.x + sizes::PAD;
        for (value, word, count) in self.tabs {
            let on = *self.current == value;
            let face = if on { Face::BodyStrong } else { Face::Body };
            let galley = one_line(&painter, word, face, Color32::PLACEHOLDER, f32::INFINITY);
            let count =
                count.map(|text| one_line(&painter, &text, Face::Cell, t.text3, f32::INFINITY));
            let word_width = galley.size().x;
            let width = word_width + count.as_ref().map_or(0.0, |count| count.size().x + 6.0);
            let part =
                Rect::from_min_size(pos2(left, rect.min.y), vec2(width.ceil(), rect.height()));
            left = part.max.x + 20.0;
            let response = ui.interact(
                part.expand2(vec2(6.0, 0.0)),
                whole.id.with(word),
                Sense::click(),
            );
            response.widget_info(|| WidgetInfo::selected(Role::Tab, ui.is_enabled(), on, word));
            let ink = if on || response.hovered() {
                t.text
            } else {
                t.text2
            };
            paint_galley(&painter, part, Align2::LEFT_CENTER, galley, ink);
            if let Some(count) = count {
                let rest = part.with_min_x(part.min.x + word_width + 6.0);
                paint_galley(&painter, rest, Align2::LEFT_CENTER, count, t.text3);
            }
            if on {
                let line = part.with_min_y(part.max.y - 2.0);
                painter.rect_filled(line, 0.0, t.accent);
            }
            control::focus_ring(ui, &response);
            if response.clicked() && !on {
                *self.current = value;
                whole.mark_changed();
            }
        }
        whole
    }
}
