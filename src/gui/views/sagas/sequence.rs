//! One saga as people draw it: participants across, time down, events as arrows, and the cursor below
//! what is known.

use egui::{Align2, Color32, Painter, Rect, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::look;
use super::timeline::arrow_head;
use crate::analysis::saga::{Meaning, Message};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{one_line, paint_grounded, paint_line};
use crate::render;
use crate::worker::SagaInFull;

/// Room for times, at least.
const LEFT: f32 = 76.0;
const LEAST: f32 = 104.0;
const HEAD: f32 = 48.0;
const ROW: f32 = 28.0;
/// What comes next usually: at most so many of it.
const EXPECTED: usize = 3;

/// Where things stand.
struct Diagram {
    all: Rect,
    across: f32,
    /// Room for times.
    left: f32,
}

/// Draws the diagram over the room there is.
pub(super) fn show(ui: &mut Ui, model: &Model, saga: &SagaInFull, outbox: &mut Outbox) {
    let sequence = &saga.sequence;
    let columns = sequence.participants.len().max(1) as f32;
    let room = ui.available_size();
    let times = render::times(sequence);
    let left = left(ui, &times);
    let across = ((room.x - left - sizes::PAD_TEXT) / columns).max(LEAST);
    let rows = sequence.messages.len() + EXPECTED + 1;
    let size = vec2(left + across * columns, HEAD + ROW * rows as f32 + 24.0);
    let area = egui::ScrollArea::both()
        .id_salt("saga-sequence")
        .auto_shrink(false);
    area.show(ui, |ui| {
        let (_, all) = ui.allocate_space(size.max(room - vec2(0.0, 16.0)));
        let diagram = Diagram { all, across, left };
        diagram.heads(ui, saga);
        diagram.activity(ui, saga);
        for (row, (message, time)) in (sequence.messages.iter()).zip(&times).enumerate() {
            if let Some(time) = time {
                let ink = match message.behind {
                    Some(_) => ui.tokens().warning,
                    None => ui.tokens().text3,
                };
                diagram.when(ui, diagram.y(row), (time, ink));
            }
            diagram.message(ui, model, (row, message, &sequence.participants), outbox);
        }
        diagram.expected(ui, saga);
    });
}

/// Room for the widest of the times.
fn left(ui: &Ui, times: &[Option<String>]) -> f32 {
    let ink = ui.tokens().text3;
    let wide = |words: &String| {
        let galley = one_line(ui.painter(), words, Face::Cell, ink, f32::INFINITY);
        galley.size().x + 12.0
    };
    times.iter().flatten().map(wide).fold(LEFT, f32::max)
}

/// A name in two lines where one has no room for it, and it has parts.
fn in_two<'a>(painter: &Painter, name: &'a str, room: f32) -> Option<(&'a str, &'a str)> {
    let ink = painter.ctx().tokens().text;
    let wide = |words: &str| {
        let galley = one_line(painter, words, Face::DenseStrong, ink, f32::INFINITY);
        galley.size().x
    };
    if wide(name) <= room {
        return None;
    }
    let ends = name.char_indices().filter(|(_, c)| !c.is_alphanumeric());
    let ends = ends.map(|(at, c)| at + c.len_utf8());
    let last = ends.rev().find(|at| wide(&name[..*at]) <= room)?;
    (last < name.len()).then(|| name.split_at(last))
}

impl Diagram {
    fn x(&self, place: usize) -> f32 {
        self.all.min.x + self.left + self.across * (place as f32 + 0.5)
    }

    /// Right of it there is no room for words.
    fn is_last(&self, place: usize) -> bool {
        self.x(place) + self.across > self.all.max.x
    }

    fn y(&self, row: usize) -> f32 {
        self.all.min.y + HEAD + ROW * row as f32 + ROW / 2.0
    }

    fn when(&self, ui: &Ui, y: f32, (text, ink): (&str, Color32)) {
        let corner = pos2(self.all.min.x + 4.0, y - 8.0);
        let rect = Rect::from_min_size(corner, vec2(self.left - 8.0, 16.0));
        look::words(ui.painter(), rect, text, (Face::Cell, ink));
    }

    fn heads(&self, ui: &Ui, saga: &SagaInFull) {
        let (t, painter) = (ui.tokens(), ui.painter());
        let stroke = Stroke::new(1.0, t.border2);
        for (place, name) in saga.sequence.participants.iter().enumerate() {
            let centre = pos2(self.x(place), self.all.min.y + 24.0);
            let head = Rect::from_center_size(centre, vec2(self.across - 12.0, 32.0));
            painter.rect(head, sizes::RADIUS, t.raised, stroke, StrokeKind::Inside);
            let dot = pos2(head.min.x + 12.0, centre.y);
            painter.circle_filled(dot, sizes::DOT / 2.0, t.category(place));
            let words = head.with_min_x(dot.x + 8.0).with_max_x(head.max.x - 6.0);
            let face = (Face::DenseStrong, t.text);
            match in_two(painter, name, words.width()) {
                None => {
                    look::words(painter, words, name, face);
                }
                Some((upper, lower)) => {
                    let middle = words.center().y + 1.0;
                    look::words(painter, words.with_max_y(middle), upper, face);
                    look::words(painter, words.with_min_y(middle - 2.0), lower, face);
                }
            }
            let line = [pos2(centre.x, head.max.y), pos2(centre.x, self.all.max.y)];
            painter.extend(Shape::dashed_line(&line, stroke, 4.0, 4.0));
        }
    }

    /// Bars on the lines of those that are at work.
    fn activity(&self, ui: &Ui, saga: &SagaInFull) {
        let t = ui.tokens();
        for own in &saga.sequence.activity {
            let x = self.x(own.place);
            let bar = Rect::from_x_y_ranges(x - 4.0..=x + 4.0, self.y(own.from)..=self.y(own.to));
            let stroke = Stroke::new(1.0, t.border2);
            let painter = ui.painter();
            painter.rect(bar, 2.0, t.raised, stroke, StrokeKind::Inside);
        }
    }

    /// The cursor below what is known, and what comes next usually.
    fn expected(&self, ui: &Ui, saga: &SagaInFull) {
        let t = ui.tokens();
        let y = self.y(saga.sequence.messages.len()) - ROW / 2.0 + 6.0;
        ui.painter()
            .hline(self.all.x_range(), y, (sizes::CURSOR_LINE, t.cursor));
        for (row, words) in saga.expected(EXPECTED).iter().enumerate() {
            let y = y + ROW * row as f32 + 16.0;
            self.when(ui, y, ("expected", t.text3));
            let corner = pos2(self.all.min.x + self.left, y - 8.0);
            let rect = Rect::from_min_size(corner, vec2(460.0, 16.0));
            look::on_ground(ui.painter(), rect, words, (Face::Dense, t.future));
        }
    }

    fn message(
        &self,
        ui: &mut Ui,
        model: &Model,
        (row, message, participants): (usize, &Message, &[String]),
        outbox: &mut Outbox,
    ) {
        let y = self.y(row);
        let to = self.x(message.receiver);
        let from = message.sender.map(|from| self.x(from));
        let (left, right) = match from {
            None => (to + 10.0, to + 220.0),
            Some(from) if from == to && self.is_last(message.receiver) => (to - 210.0, to - 30.0),
            Some(from) if from == to => (to + 30.0, to + 240.0),
            Some(from) => (from.min(to) + 8.0, from.max(to) - 8.0),
        };
        let tips: Vec<f32> = message.receivers().map(|place| self.x(place)).collect();
        let (least, most) = (tips.iter()).fold((left, right), |(least, most), tip| {
            (least.min(*tip), most.max(*tip))
        });
        let hit = Rect::from_min_max(
            pos2(least - 8.0, y - ROW / 2.0),
            pos2(most + 8.0, y + ROW / 2.0),
        );
        let id = ui.scope_id().with(("message", row));
        let response = ui.interact(hit, id, Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, message.name.as_str())
        });
        let t = ui.tokens();
        let selected = model.selection.event == Some(message.event);
        if selected || response.hovered() {
            let ground = if selected { t.selection } else { t.hover };
            ui.painter().rect_filled(hit, sizes::RADIUS, ground);
        }
        let side = if left < to { -1.0 } else { 1.0 };
        let ink = look::meaning(t, message.meaning);
        arrow(ui.painter(), message, (from, &tips, y), (ink, side));
        let ink = match message.meaning {
            Meaning::Plain => t.text,
            meaning => look::meaning(t, meaning),
        };
        let (above, below, align) = match from {
            Some(from) if from != to => (16.0, -1.0, Align2::CENTER_BOTTOM),
            _ if left < to => (8.0, 8.0, Align2::RIGHT_CENTER),
            _ => (8.0, 8.0, Align2::LEFT_CENTER),
        };
        let rect = Rect::from_min_max(pos2(left, y - above), pos2(right, y + below));
        let (painter, name) = (ui.painter(), message.name.as_str());
        let wide = one_line(painter, name, Face::Dense, ink, f32::INFINITY);
        let more = wide.size().x + 2.0 - rect.width();
        match from {
            // A long name reaches over the lines at both ends of a short arrow.
            Some(from) if from != to && more > 0.0 && more < self.across => {
                let rect = rect.expand2(vec2(more / 2.0, 0.0));
                let ink = (ink, t.panel);
                paint_grounded(painter, rect, align, name, Face::Dense, ink);
            }
            _ => {
                paint_line(painter, rect, align, name, Face::Dense, ink);
            }
        }
        if response.clicked() {
            outbox.send(Command::SelectEvent(Some(message.event)));
        }
        if let Some(time) = message.time {
            let behind = message.behind_words(participants);
            let behind = behind.map_or(String::new(), |behind| format!("\n{behind}"));
            response.on_hover_text(format!("{}\n{}{behind}", message.name, model.time(time)));
        }
    }
}

/// A dot for what nobody reacts to, a loop for what somebody told themselves, else an arrow to each of `tips`.
fn arrow(
    painter: &Painter,
    message: &Message,
    (from, tips, y): (Option<f32>, &[f32], f32),
    (ink, side): (Color32, f32),
) {
    let to = tips.first().copied().unwrap_or_default();
    let stroke = Stroke::new(1.2, ink);
    let Some(from) = from else {
        painter.circle_filled(pos2(to, y), 4.0, ink);
        return;
    };
    if from == to {
        let corner = to + 22.0 * side;
        let path = [
            (to, y - 5.0),
            (corner, y - 5.0),
            (corner, y + 5.0),
            (to, y + 5.0),
        ];
        let path = path.map(|(x, y)| pos2(x, y)).to_vec();
        painter.add(Shape::line(path, stroke));
        arrow_head(painter, pos2(to + side, y + 5.0), vec2(-side, 0.0), ink);
        return;
    }
    // As far as it has to go at either side, and heads on the way there.
    let farthest = [
        tips.iter().copied().fold(from, f32::min),
        tips.iter().copied().fold(from, f32::max),
    ];
    for end in farthest {
        let line = [pos2(from, y), pos2(end, y)];
        match message.is_dashed() {
            _ if end == from => {}
            true => painter.extend(Shape::dashed_line(&line, stroke, 4.0, 3.0)),
            false => {
                painter.line_segment(line, stroke);
            }
        }
    }
    for tip in tips {
        arrow_head(
            painter,
            pos2(*tip, y),
            vec2((tip - from).signum(), 0.0),
            ink,
        );
    }
}

/// What stands around the diagram where it is taken along: with the moment of what is known, which is not that of
/// the cursor as long as that is being asked for.
pub(super) fn around(model: &Model, saga: &SagaInFull) -> render::Around {
    let known = model.answers.saga.known();
    let as_of = known.map(|(asked, _)| asked.at.cut.as_of(&asked.at.subject.log));
    let moment = as_of.and_then(|as_of| {
        let position = as_of.position.as_ref().map(ToString::to_string);
        as_of.say(model.zone()).or(position)
    });
    let moment = moment.unwrap_or_else(|| model.moment());
    render::Around {
        title: format!("{} of {}", saga.report.id, crate::gui::views::stem(model)),
        as_of: format!("as of {moment}"),
        expected: saga.expected(EXPECTED),
    }
}
