//! Cause, this event and its effects as small nodes with their delays.

use egui::{
    Align2, CursorIcon, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::analysis::links::{Cause, Links};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{middle_ellipsis, paint_line};
use crate::gui::words;
use crate::log::Log;
use crate::model::EventIx;
use crate::render::grouped;

const NODE: f32 = 36.0;
const GAP: f32 = 6.0;
/// Room for the arrows between two columns.
const ARROWS: f32 = 26.0;
const WIDEST: f32 = 176.0;
/// Effects that get a node.
const SHOWN: usize = 4;

/// What a node says.
struct Node {
    role: &'static str,
    title: String,
    below: String,
    hover: String,
    to: Option<Command>,
    look: Look,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    This,
    Past,
    Future,
}

/// An event with what it hangs together with.
pub(super) struct Shown<'a> {
    pub model: &'a Model,
    pub log: &'a Log,
    pub event: EventIx,
    pub links: &'a Links,
    /// What a click on another event does.
    pub follow: fn(EventIx) -> Command,
}

/// Draws the nodes over the available width; nothing where neither cause nor effect is known.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, outbox: &mut Outbox) {
    let cause = shown.cause();
    let effects = shown.effects();
    if cause.is_none() && effects.is_empty() {
        return;
    }
    let columns = 1 + usize::from(cause.is_some()) + usize::from(!effects.is_empty());
    let rows = effects.len().max(1) as f32;
    let height = rows * NODE + (rows - 1.0) * GAP;
    let (_, all) = ui.allocate_space(vec2(ui.available_width(), height + 2.0 * GAP));
    let all = all.shrink2(vec2(sizes::PAD, GAP));
    let arrows = ARROWS * (columns - 1) as f32;
    let width = ((all.width() - arrows) / columns as f32)
        .clamp(40.0, WIDEST)
        .floor();
    let node_at = |x: f32, centre: f32| {
        Rect::from_min_size(pos2(x, (centre - NODE / 2.0).round()), vec2(width, NODE))
    };
    let mut x = all.min.x;
    let middle = all.center().y;
    let mut before = None;
    if let Some(cause) = &cause {
        let rect = node_at(x, middle);
        node(ui, rect, cause, outbox);
        before = Some(rect);
        x += width + ARROWS;
    }
    let this = node_at(x, middle);
    node(ui, this, &shown.this(), outbox);
    if let Some(rect) = before {
        arrow(ui, rect.right_center(), this.left_center());
    }
    x += width + ARROWS;
    for (row, effect) in effects.iter().enumerate() {
        let centre = all.min.y + NODE / 2.0 + row as f32 * (NODE + GAP);
        let rect = node_at(x, centre);
        node(ui, rect, effect, outbox);
        arrow(ui, this.right_center(), rect.left_center());
    }
}

impl Shown<'_> {
    fn cause(&self) -> Option<Node> {
        match &self.links.cause {
            Cause::None => None,
            Cause::Event(cause) => Some(self.other(*cause, "Cause")),
            Cause::Elsewhere(id) => Some(Node {
                role: "Cause",
                title: middle_ellipsis(id, 22),
                below: "not in this store".to_owned(),
                hover: format!("Caused by {id}, which is no event of this store"),
                to: None,
                look: Look::Past,
            }),
        }
    }

    fn effects(&self) -> Vec<Node> {
        let Self { model, links, .. } = self;
        let in_all = links.effected.known + links.effected.later;
        let shown = if in_all > SHOWN { SHOWN - 1 } else { SHOWN };
        let effects = links.effects.iter().take(shown);
        let mut nodes: Vec<Node> = effects
            .map(|&effect| self.other(effect, "Effect"))
            .collect();
        let left = in_all.saturating_sub(nodes.len());
        if left > 0 {
            let named = links.effects.iter().take(nodes.len());
            let future = named.filter(|effect| !model.is_known(**effect)).count();
            let later = links.effected.later.saturating_sub(future);
            let correlated = self.log.correlation(self.event);
            nodes.push(Node {
                role: "Effects",
                title: format!("{} more effects", grouped(left as u64)),
                below: match later {
                    0 => "of this event".to_owned(),
                    later => format!("{} after the cursor", grouped(later as u64)),
                },
                hover: match correlated {
                    Some(_) => "Show the events with the same correlation id".to_owned(),
                    None => String::new(),
                },
                to: correlated.map(|_| Command::FilterCorrelation(self.event)),
                look: Look::Past,
            });
        }
        nodes
    }

    fn this(&self) -> Node {
        let Self { log, event, .. } = *self;
        let stream = super::stream_shown(self.model, log, event);
        Node {
            role: "This event",
            title: words::type_of(log, event).to_owned(),
            below: words::place(log, stream, event).replace(" · ", "  "),
            hover: String::new(),
            to: None,
            look: Look::This,
        }
    }

    fn other(&self, other: EventIx, role: &'static str) -> Node {
        let Self { model, log, .. } = *self;
        let stream = log.stream(other);
        Node {
            role,
            title: words::type_of(log, other).to_owned(),
            below: words::delay(log, model.clock(), other, self.event),
            hover: format!(
                "{} in {}, {}",
                words::type_of(log, other),
                log.stream_name(stream),
                words::place(log, stream, other)
            ),
            to: Some((self.follow)(other)),
            look: if model.is_known(other) {
                Look::Past
            } else {
                Look::Future
            },
        }
    }
}

fn node(ui: &mut Ui, rect: Rect, node: &Node, outbox: &mut Outbox) {
    let sense = if node.to.is_some() {
        Sense::click()
    } else {
        Sense::hover()
    };
    let id = ui
        .scope_id()
        .with((node.role, rect.min.y as i32, &node.title));
    let response: Response = ui.interact(rect, id, sense);
    let name = format!("{} {}", node.role, node.title);
    let role = if node.to.is_some() {
        Role::Link
    } else {
        Role::Group
    };
    response.widget_info(|| WidgetInfo::labeled(role, true, &name));
    paint(ui, rect, node, &response);
    let clicked = response.clicked();
    if let Some(command) = &node.to {
        response
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(&node.hover);
        if clicked {
            outbox.send(command.clone());
        }
    } else if !node.hover.is_empty() {
        response.on_hover_text(&node.hover);
    }
}

fn paint(ui: &Ui, rect: Rect, node: &Node, response: &Response) {
    let t = ui.tokens();
    let (fill, frame) = match node.look {
        Look::This => (t.selection, t.selection_line),
        _ if response.hovered() && node.to.is_some() => (t.hover, t.border2),
        _ => (t.raised, t.border2),
    };
    let (title, below) = match node.look {
        Look::Future => (t.future, t.future),
        _ => (t.text, t.text2),
    };
    let frame = Stroke::new(1.0, frame);
    ui.painter()
        .rect(rect, sizes::RADIUS, fill, frame, StrokeKind::Inside);
    let inner = rect.shrink2(vec2(8.0, 2.0));
    let (top, bottom) = inner.split_top_bottom_at_fraction(0.5);
    let (strong, small) = match node.look {
        Look::This => (Face::DenseStrong, Face::Cell),
        _ => (Face::Dense, Face::Secondary),
    };
    let painter = ui.painter();
    paint_line(
        painter,
        top,
        Align2::LEFT_CENTER,
        &node.title,
        strong,
        title,
    );
    paint_line(
        painter,
        bottom,
        Align2::LEFT_CENTER,
        &node.below,
        small,
        below,
    );
}

/// An elbow with a small head.
fn arrow(ui: &Ui, from: Pos2, to: Pos2) {
    let colour = ui.tokens().text3;
    let bend = (from.x + ARROWS / 2.0).round();
    let points = vec![from, pos2(bend, from.y), pos2(bend, to.y), to];
    ui.painter()
        .add(Shape::line(points, Stroke::new(1.2, colour)));
    let head = vec![
        to,
        pos2(to.x - 5.0, to.y - 3.0),
        pos2(to.x - 5.0, to.y + 3.0),
    ];
    ui.painter()
        .add(Shape::convex_polygon(head, colour, Stroke::NONE));
}
