//! Several sagas over the time since each began, to be compared: a row for each, its steps as bars.

mod lane;

use egui::{Align2, Color32, Painter, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::look;
use super::timeline::{Gaps, Labels, explain, idle_gaps};
use crate::analysis::density::{Axis, Scale};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Reordered};
use crate::gui::theme::{Face, Icon, Tokens, TokensExt, sizes};
use crate::gui::widgets::{EmptyState, focus_ring, one_line, paint_line, paint_status};
use crate::log::Clock;
use crate::model::EventIx;
use crate::model::time::Span;
use crate::worker::SagaInFull;
use lane::{BESIDE, Bar, INSIDE, LEAST, Lane, NameAt, ROW};

/// As many as can be told apart.
const MOST: usize = 12;
/// Room for what each is called.
const NAMES: f32 = 148.0;
const AXIS: f32 = 26.0;
const BAR: f32 = 16.0;
const LEGEND: f32 = 22.0;

/// The sagas that are compared, by their first events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside(Vec<EventIx>);

impl Beside {
    pub fn holds(&self, first: EventIx) -> bool {
        self.0.contains(&first)
    }

    /// Adds one, or takes it away again; beyond the most the oldest goes.
    pub fn toggle(&mut self, first: EventIx) {
        if self.holds(first) {
            return self.0.retain(|own| *own != first);
        }
        self.0.push(first);
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The same ones in a log of another order.
    pub fn reordered(&mut self, moved: &Reordered) {
        let firsts = std::mem::take(&mut self.0).into_iter();
        self.0 = firsts.filter_map(|first| moved.event(first)).collect();
    }

    /// They, after the one that is looked at.
    pub fn after(&self, chosen: Option<EventIx>) -> Vec<EventIx> {
        let others = self.0.iter().copied().filter(|own| Some(*own) != chosen);
        chosen.into_iter().chain(others).collect()
    }
}

/// Draws them over the room there is.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    sagas: &[SagaInFull],
    gaps: Gaps,
    outbox: &mut Outbox,
) {
    let now = model.cursor.time();
    let mut lanes: Vec<Lane<'_>> = sagas
        .iter()
        .filter_map(|saga| Lane::of(saga, now))
        .collect();
    if lanes.is_empty() {
        let sentence = "Choose sagas to compare: Ctrl and a click on their rows";
        EmptyState::new(Icon::Sagas, sentence).show(ui);
        return;
    }
    let longest = lanes
        .iter()
        .map(|lane| lane.lasts)
        .max()
        .unwrap_or_default()
        .max(1000);
    let found = match gaps {
        Gaps::Shown => Vec::new(),
        Gaps::Collapsed => {
            let times = lanes.iter().flat_map(|lane| {
                let messages = lane.saga.sequence.messages.iter();
                let times = messages.filter_map(|message| message.time);
                times
                    .map(|time| (time - lane.began).micros())
                    .chain([lane.lasts])
            });
            idle_gaps(times.collect(), 0, longest)
        }
    };
    // Room for the last mark, by what is left beside the gaps.
    let idle: i64 = found.iter().map(|gap| gap.to - gap.from).sum();
    let end = longest + ((longest - idle) / 24).max(1);
    let axis = Axis::with_gaps(Scale::Time(Clock::Recorded), 0, end, &found);
    let area = ScrollArea::vertical().id_salt("sagas-beside");
    area.auto_shrink(false).show(ui, |ui| {
        let width = ui.available_width() - NAMES - sizes::PAD_TEXT;
        let painter = ui.painter().clone();
        let wide = |name: &str| {
            let ink = Color32::PLACEHOLDER;
            one_line(&painter, name, Face::Secondary, ink, f32::INFINITY)
                .size()
                .x
        };
        for lane in &mut lanes {
            lane.arrange(width, |time| width * axis.place(time) as f32, wide);
        }
        let height: f32 = lanes.iter().map(Lane::height).sum();
        let size = vec2(
            ui.available_width(),
            (height + AXIS + LEGEND).max(ui.available_height()),
        );
        let (_, all) = ui.allocate_space(size);
        let plot = Rect::from_min_max(
            pos2(all.min.x + NAMES, all.min.y),
            pos2(all.max.x - sizes::PAD_TEXT, all.min.y + height),
        );
        let scene = Scene { axis, plot };
        scene.ground(ui.painter(), ui.tokens());
        let mut top = all.min.y;
        for (at, lane) in lanes.iter().enumerate() {
            let rect = Rect::from_x_y_ranges(all.x_range(), top..=top + lane.height());
            top = rect.max.y;
            scene.lane(ui, model, (at, lane), rect, outbox);
        }
        let foot = Rect::from_min_max(pos2(all.min.x, top + AXIS + 4.0), all.max);
        legend(ui, &lanes, foot, plot.min.x);
    });
}

/// What the bars mean; below that, where there is a single saga, how others come in.
fn legend(ui: &Ui, lanes: &[Lane<'_>], room: Rect, left: f32) {
    let mut marks = Vec::new();
    for mark in lanes.iter().flat_map(Lane::marks) {
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    explain(ui.painter(), room, &marks);
    if lanes.len() == 1 {
        let words = "Ctrl and a click on rows of the list adds others";
        let below = Rect::from_min_max(pos2(left, room.min.y + LEGEND + 8.0), room.max);
        let line = below.with_max_y(below.min.y + 16.0);
        let (t, face) = (ui.tokens(), Face::Secondary);
        let align = Align2::LEFT_CENTER;
        paint_line(ui.painter(), line, align, words, face, t.text3);
    }
}

struct Scene {
    axis: Axis,
    plot: Rect,
}

impl Scene {
    fn x(&self, after: i64) -> f32 {
        self.plot.min.x + self.plot.width() * self.axis.place(after) as f32
    }

    fn ground(&self, painter: &Painter, t: &Tokens) {
        let mut gaps = Labels::new(self.plot.max.y..=self.plot.max.y + 12.0, Face::Tiny);
        for (gap, left, right) in self.axis.gaps() {
            let x = |place: f64| self.plot.min.x + self.plot.width() * place as f32;
            let rect = self.plot.with_min_x(x(left)).with_max_x(x(right));
            painter.rect_filled(rect, 0.0, t.bg);
            let words = Span::from_micros(gap.to - gap.from).to_string();
            gaps.paint(painter, rect.center().x, &words, t.text3);
        }
        let steps = (self.plot.width() / 130.0).clamp(2.0, 8.0) as usize;
        let foot = self.plot.max.y + 12.0;
        let mut moments = Labels::new(foot..=foot + 14.0, Face::Cell);
        for step in 0..=steps {
            let place = step as f64 / steps as f64;
            let x = self.plot.min.x + self.plot.width() * place as f32;
            painter.vline(x, self.plot.y_range(), (1.0, t.border));
            let words = format!("+{}", Span::from_micros(self.axis.value(place)));
            let width = one_line(painter, &words, Face::Cell, t.text3, f32::INFINITY)
                .size()
                .x;
            let [least, most] = [self.plot.min.x + width / 2.0, self.plot.max.x - width / 2.0];
            let centre = x.min(most).max(least);
            moments.paint(painter, centre, &words, t.text3);
        }
    }

    fn lane(
        &self,
        ui: &mut Ui,
        model: &Model,
        (at, lane): (usize, &Lane<'_>),
        rect: Rect,
        outbox: &mut Outbox,
    ) {
        let t = ui.tokens();
        let painter = ui.painter().clone();
        painter.hline(rect.x_range(), rect.max.y - 0.5, (1.0, t.border));
        let (tone, shape, word) = look::status(lane.saga.report.status);
        let inner = rect
            .with_min_x(rect.min.x + sizes::PAD)
            .with_max_x(self.plot.min.x - 6.0);
        let upper = inner.with_max_y(rect.min.y + 24.0);
        look::words(
            &painter,
            upper,
            &lane.saga.report.id,
            (Face::CellStrong, t.text),
        );
        let lower = Rect::from_min_max(
            pos2(inner.min.x, rect.min.y + 22.0),
            pos2(inner.max.x, rect.min.y + 40.0),
        );
        let dot = Rect::from_center_size(
            pos2(lower.min.x + sizes::DOT / 2.0, lower.center().y),
            vec2(sizes::DOT, sizes::DOT),
        );
        paint_status(&painter, dot, shape, t.tone(tone));
        // As the list has it, also where clocks disagree on what came after its end.
        let report = &lane.saga.report;
        let took = report.started.zip(report.ended).map(|(from, to)| to - from);
        let lasts = took.unwrap_or_else(|| Span::from_micros(lane.lasts));
        let words = format!("{word}, {lasts}");
        let lower = lower.with_min_x(dot.max.x + 6.0);
        look::words(&painter, lower, &words, (Face::Secondary, t.text2));
        let base = rect.max.y - 5.0;
        let end = self.x(lane.lasts);
        painter.hline(self.plot.min.x..=end, base, (1.0, t.border2));
        for message in &lane.saga.sequence.messages {
            let Some(time) = message.time else { continue };
            let x = self.x((time - lane.began).micros());
            let colour = look::meaning(t, message.meaning);
            painter.vline(x, base - 3.0..=base + 3.0, (1.5, colour));
        }
        for (number, bar) in lane.bars.iter().enumerate() {
            self.bar(ui, (at, number), bar, rect, outbox);
        }
        match lane.saga.report.ended {
            // Where it ends the cursor is far off.
            Some(_) => {
                let square = Rect::from_center_size(pos2(end, base), vec2(sizes::DOT, sizes::DOT));
                painter.circle_filled(square.center(), 6.0, t.panel);
                paint_status(&painter, square, shape, t.tone(tone));
            }
            None if model.cursor.time().is_some() => {
                painter.vline(end, rect.y_range(), (sizes::CURSOR_LINE, t.cursor));
            }
            None => {}
        }
    }

    fn bar(&self, ui: &mut Ui, number: (usize, usize), bar: &Bar, lane: Rect, outbox: &mut Outbox) {
        let t = ui.tokens();
        let top = lane.min.y + 5.0 + ROW * bar.row as f32;
        let (from, to) = (self.x(bar.from), self.x(bar.to));
        let rect = Rect::from_min_max(pos2(from, top), pos2(to.max(from + LEAST), top + BAR));
        let response = ui.interact(rect, ui.scope_id().with(("beside", number)), Sense::click());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Button, true, bar.words.as_str())
        });
        let painter = ui.painter();
        let stroke = Stroke::new(1.0, t.tone(bar.tone));
        let ground = t.tone_bg(bar.tone);
        painter.rect(rect, sizes::RADIUS_BAR, ground, stroke, StrokeKind::Inside);
        let words = one_line(painter, &bar.name, Face::Secondary, t.text2, f32::INFINITY);
        let left = match bar.at {
            NameAt::Inside => Some(rect.min.x + INSIDE),
            NameAt::After => Some(rect.max.x + BESIDE),
            NameAt::Before => Some(rect.min.x - BESIDE - words.size().x),
            NameAt::Nowhere => None,
        };
        if let Some(left) = left {
            let at = pos2(left, rect.center().y - words.size().y / 2.0).round();
            // Beside its bar lines go through it.
            if bar.at != NameAt::Inside {
                let ground = Rect::from_min_size(at, words.size()).expand2(vec2(2.0, 0.0));
                painter.rect_filled(ground, 0.0, t.panel);
            }
            painter.galley(at, words, t.text2);
        }
        focus_ring(ui, &response);
        if response.clicked() {
            outbox.send(Command::SelectEvent(Some(bar.event)));
        }
        response.on_hover_text(&bar.words);
    }
}
