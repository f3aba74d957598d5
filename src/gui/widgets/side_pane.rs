//! A pane at one side of a ui whose inner edge can be dragged: the size is the caller's to keep. A
//! double click on the edge gives it its usual size again.

use egui::{
    CursorIcon, EventFilter, Id, InnerResponse, Key, LayerId, Modifiers, Order, Panel, Rect, Role,
    Sense, Ui, UiBuilder,
};

use super::control;
use crate::gui::theme::TokensExt;

/// Half the width of what can be grabbed.
const GRIP: f32 = 4.0;
/// How far a key moves the edge.
const STEP: f32 = 16.0;

/// At which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// At the left.
    Left,
    /// At the right.
    Right,
    /// Under the rest.
    Bottom,
}

/// A pane with an edge to drag.
#[derive(Debug)]
#[must_use = "call show"]
pub struct SidePane<'a> {
    name: &'a str,
    side: Side,
    size: &'a mut Option<f32>,
    usual: f32,
    least: f32,
    most: f32,
}

impl<'a> SidePane<'a> {
    /// A pane that is called `name` ("event card"). `size` is what the user made of it, `usual` is its
    /// size while they made nothing of it.
    pub fn new(name: &'a str, side: Side, size: &'a mut Option<f32>, usual: f32) -> Self {
        Self {
            name,
            side,
            size,
            usual,
            least: 0.0,
            most: f32::INFINITY,
        }
    }

    /// How small and how large it may be; a size outside of it is kept, but not shown.
    pub fn range(mut self, least: f32, most: f32) -> Self {
        self.least = least;
        self.most = most.max(least);
        self
    }

    /// Shows the pane; its response is `changed` when the user let go of another size.
    pub fn show<R>(self, ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
        let now = self.size.unwrap_or(self.usual).clamp(self.least, self.most);
        let salt = egui::IdSalt::new((self.name, "pane"));
        let panel = match self.side {
            Side::Left => Panel::left(salt),
            Side::Right => Panel::right(salt),
            Side::Bottom => Panel::bottom(salt),
        };
        let id = ui.scope_id().with((self.name, "edge"));
        let panel = panel
            .exact_size(now.round())
            .resizable(false)
            .show_separator_line(false)
            .frame(egui::Frame::NONE);
        let mut shown = panel.show(ui, |ui| {
            let all = ui.max_rect();
            ui.set_clip_rect(ui.clip_rect().intersect(all));
            let inner = content(ui);
            // What has little in it keeps the size it was given.
            ui.expand_to_include_rect(all);
            inner
        });
        let rect = shown.response.rect;
        if self.edge(ui, rect, now, id) == Let::Go {
            shown.response.mark_changed();
        }
        shown
    }

    fn edge(self, ui: &mut Ui, pane: Rect, now: f32, id: Id) -> Let {
        let (grip, cursor) = match self.side {
            Side::Left => (at_x(pane, pane.max.x), CursorIcon::ResizeHorizontal),
            Side::Right => (at_x(pane, pane.min.x), CursorIcon::ResizeHorizontal),
            Side::Bottom => (at_y(pane, pane.min.y), CursorIcon::ResizeVertical),
        };
        // Over whatever stands at either side of it: what is drawn later would have it otherwise.
        let over = LayerId::new(Order::Middle, id);
        let builder = UiBuilder::new().id_salt(self.name).max_rect(grip);
        let response = ui
            .new_child(builder.layer_id(over))
            .interact(grip, id, Sense::click_and_drag())
            .on_hover_and_drag_cursor(cursor);
        let name = format!("Edge of the {}", self.name);
        response.widget_info(|| egui::WidgetInfo::labeled(Role::Splitter, true, &name));
        let mut said = Let::Nothing;
        if let Some(pointer) = response.interact_pointer_pos()
            && response.dragged()
        {
            let size = match self.side {
                Side::Left => pointer.x - pane.min.x,
                Side::Right => pane.max.x - pointer.x,
                Side::Bottom => pane.max.y - pointer.y,
            };
            *self.size = Some(size.clamp(self.least, self.most));
        }
        if response.drag_stopped() {
            said = Let::Go;
        }
        if response.double_clicked() && self.size.take().is_some() {
            said = Let::Go;
        }
        if response.has_focus()
            && let Some(by) = steps(ui, id, self.side)
        {
            *self.size = Some((now + by * STEP).clamp(self.least, self.most));
            said = Let::Go;
        }
        let t = ui.tokens();
        let line = if response.dragged() {
            t.accent
        } else if response.hovered() {
            t.border2
        } else {
            t.border
        };
        // Over the pane's content, so that there is something to be seen of what can be grabbed.
        match self.side {
            Side::Bottom => {
                let y = pane.min.y + 0.5;
                ui.painter().hline(pane.x_range(), y, (1.0, line));
            }
            Side::Left | Side::Right => {
                let x = if self.side == Side::Left {
                    pane.max.x - 0.5
                } else {
                    pane.min.x + 0.5
                };
                ui.painter().vline(x, pane.y_range(), (1.0, line));
            }
        }
        control::focus_ring(ui, &response);
        said
    }
}

/// What became of the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Let {
    Nothing,
    Go,
}

fn at_x(pane: Rect, x: f32) -> Rect {
    pane.with_min_x(x - GRIP).with_max_x(x + GRIP)
}

fn at_y(pane: Rect, y: f32) -> Rect {
    pane.with_min_y(y - GRIP).with_max_y(y + GRIP)
}

/// How many steps larger the keys make the pane.
fn steps(ui: &Ui, id: Id, side: Side) -> Option<f32> {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let (larger, smaller) = match side {
        Side::Left => (Key::ArrowRight, Key::ArrowLeft),
        Side::Right => (Key::ArrowLeft, Key::ArrowRight),
        Side::Bottom => (Key::ArrowUp, Key::ArrowDown),
    };
    if pressed(larger) {
        Some(1.0)
    } else {
        pressed(smaller).then_some(-1.0)
    }
}
