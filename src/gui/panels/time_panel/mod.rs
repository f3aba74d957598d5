//! The time panel, under every view: how many events lie where in time, the cursor that everything is
//! shown as of, and what moves it. Counting is the worker's; a frame costs lanes times bars.

mod axis;
mod bars;
mod bookmarks;
mod geometry;
mod input;
mod lanes;
mod strip;
mod ticks;
mod transport;
mod window;

use std::sync::Arc;

use egui::{Align2, Ui};

use crate::analysis::density::{Axis, Gap, LaneBy, Scale};
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Step};
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{Side, SidePane, paint_line};
use crate::log::Bound;
use crate::model::{EventIx, Timestamp};
use crate::worker::{AskTimeline, Idle, Timeline, Whole};

use geometry::{Geometry, height_for};
use ticks::Tick;
use transport::View;
use window::{Limits, TimeWindow};

/// Where the cursor comes to stand when it has to be brought into view.
const FOLLOWED: f64 = 0.7;
/// The same while time runs: most of what can be seen is still to come.
const PLAYED: f64 = 0.05;

/// Lanes there is room for: at least, usually, at most.
const LANES: [u16; 3] = [1, 6, 12];
/// No more of the window than this.
const SHARE: f32 = 0.5;

/// What was chosen in the row of buttons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct Choices {
    lanes: LaneBy,
    idle: Idle,
    step: Step,
}

/// The time panel.
pub(in crate::gui) struct TimePanel {
    /// What can be seen; all there is where absent.
    window: Option<TimeWindow>,
    kept: Kept<Choices>,
    /// The first and the last value of the log, and the scale they are on.
    extent: Option<(i64, i64)>,
    scale: Option<Scale>,
    /// Where the cursor was in the last frame.
    cursor: Option<(Bound, i64)>,
    /// How far from the window's start its frame in the strip was taken.
    grabbed: Option<i64>,
    /// How much of the whole is drawn in full, once its gaps are known, and of which whole.
    busy: Option<((i64, i64), i64)>,
    counts: Option<Counts>,
    /// The height that the user gave the panel, once the settings were asked for it.
    height: Option<Option<f32>>,
}

impl Default for TimePanel {
    fn default() -> Self {
        Self {
            window: None,
            kept: Kept::new("time"),
            extent: None,
            scale: None,
            cursor: None,
            grabbed: None,
            busy: None,
            counts: None,
            height: None,
        }
    }
}

/// Counts by lane, kept until the cursor or the log is another.
struct Counts {
    whole: Arc<Whole>,
    bound: Bound,
    by_lane: Vec<u32>,
}

/// A frame's material.
struct Scene<'a> {
    model: &'a Model,
    geometry: Geometry,
    view: View,
    axis: Axis,
    ticks: Vec<Tick>,
    timeline: Option<&'a Timeline>,
}

impl Scene<'_> {
    /// Where a value stands in the plot; values out of sight stand at its ends.
    fn x(&self, value: i64) -> f32 {
        self.geometry.x(self.axis.place(value))
    }

    /// The value at a point of the plot.
    fn value(&self, point: egui::Pos2) -> i64 {
        self.axis.value(self.geometry.place(point))
    }

    /// The left edges of bins whose counts are at hand; none for those out of sight.
    fn bin_x(&self, timeline: &Timeline, bin: usize) -> Option<f32> {
        let bins = timeline.starts.len();
        if timeline.axis == self.axis {
            return Some(self.geometry.x(bin as f64 / bins as f64));
        }
        // Counted for another window: what is there serves until the new counts are.
        let start = timeline.starts.get(bin).copied()?;
        self.axis.contains(start).then(|| self.x(start))
    }

    /// What is known of the value in the log.
    fn bound(&self, value: i64, ends: (i64, i64)) -> Bound {
        match self.view.scale {
            _ if value < ends.0 => Bound::Start,
            _ if value >= ends.1 => Bound::Head,
            Scale::Time(_) => Bound::Time(Timestamp::from_micros(value)),
            Scale::Order => {
                u32::try_from(value).map_or(Bound::Start, |at| Bound::Event(EventIx(at)))
            }
        }
    }
}

impl TimePanel {
    /// Draws it at the bottom of `ui`.
    pub fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let [least, usual, most] = LANES.map(height_for);
        let most = most.min(ui.available_height() * SHARE).max(least);
        self.kept.begin(model);
        let remembered = model.settings.window.time_panel_height;
        let mut height = *self.height.get_or_insert(remembered);
        let pane = SidePane::new("time panel", Side::Bottom, &mut height, usual);
        let pane = pane.range(least, most);
        let shown = pane.show(ui, |ui| self.draw(ui, model, outbox));
        self.height = Some(height);
        if shown.response.changed() {
            outbox.send(Command::SetTimePanelHeight(height));
        }
        self.kept.end(ui, outbox);
    }

    fn draw(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let tokens = ui.tokens();
        let geometry = Geometry::new(ui.max_rect());
        let (all, line) = (geometry.all, (1.0, tokens.border));
        ui.painter().rect_filled(all, 0.0, tokens.panel);
        ui.painter()
            .hline(all.x_range(), geometry.transport.bottom() - 0.5, line);
        let view = self.view(model);
        self.transport(ui, geometry.transport, view, model, outbox);
        let Some(view) = self.view(model) else {
            let words = if model.log().is_some_and(|log| log.is_complete()) {
                "There are no events to show over time"
            } else {
                "Events appear here as they are indexed"
            };
            let middle = Align2::CENTER_CENTER;
            let rest = geometry.strip.union(geometry.axis);
            paint_line(
                ui.painter(),
                rest,
                middle,
                words,
                Face::Secondary,
                tokens.text3,
            );
            return;
        };
        self.want(&geometry, view, model, outbox);
        let known = model.answers.timeline.get();
        let timeline = known.filter(|timeline| timeline.axis.scale() == view.scale);
        self.strip(ui, &geometry, view, model, timeline);
        let axis = self.axis(view, timeline);
        let width = geometry.lanes.width();
        let ticks = model
            .log()
            .map(|log| ticks::ticks(&axis, log, model.zone(), width));
        let scene = Scene {
            model,
            geometry,
            view,
            axis,
            ticks: ticks.unwrap_or_default(),
            timeline,
        };
        self.count(&scene);
        self.plot_input(ui, &scene, outbox);
        self.paint_lanes(ui, &scene, outbox);
        bookmarks::show(ui, &scene, self.extent, outbox);
        axis::show(ui, &scene);
    }

    /// What can be seen, with the cursor brought into view if it has moved out of it.
    fn view(&mut self, model: &Model) -> Option<View> {
        let log = model.log()?;
        let scale = Scale::of(log, model.clock());
        if self.scale.replace(scale) != Some(scale) {
            self.window = None;
            self.busy = None;
        }
        self.extent = scale.extent(log);
        let (first, last) = self.extent?;
        self.note_busy(model, (first, last));
        let busy = self.busy.map(|(_, busy)| busy);
        let busy = busy.filter(|_| self.kept.value.idle == Idle::Collapsed);
        let limits = Limits::new(scale, first, last, busy);
        let cursor = cursor_value(model, scale, (first, last));
        let now = (model.cursor.bound(), cursor);
        let moved = self.cursor.replace(now) != Some(now);
        let place = if model.playback.is_playing() {
            PLAYED
        } else {
            FOLLOWED
        };
        if let Some(window) = self.window {
            let window = window.within(limits);
            let window = if moved {
                window.reveal(cursor, place, limits)
            } else {
                window
            };
            self.see(window, limits);
        }
        Some(View {
            scale,
            limits,
            window: self.window.unwrap_or_else(|| TimeWindow::whole(limits)),
            cursor,
        })
    }

    /// Notes how much of the whole is drawn in full: once for each, since where gaps begin depends a
    /// little on the window, which depends on this.
    fn note_busy(&mut self, model: &Model, whole: (i64, i64)) {
        if self.busy.is_some_and(|(of, _)| of == whole) {
            return;
        }
        let timeline = model.answers.timeline.get().filter(|timeline| {
            let axis = &timeline.axis;
            let all = axis.contains(whole.0) && axis.contains(whole.1);
            all && timeline.request.idle == Idle::Collapsed
        });
        if let Some(timeline) = timeline {
            self.busy = Some((whole, busy(&timeline.axis, whole)));
        }
    }

    /// Changes what can be seen.
    fn see(&mut self, window: TimeWindow, limits: Limits) {
        self.window = (window != TimeWindow::whole(limits)).then_some(window);
    }

    fn want(&self, geometry: &Geometry, view: View, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let question = AskTimeline {
            subject: session.subject(),
            clock: model.clock(),
            by: self.kept.value.lanes,
            from: view.window.from(),
            to: view.window.to(),
            bins: geometry.bins(),
            idle: self.kept.value.idle,
            stream: model.selection.stream,
        };
        outbox.ask(|answers| &mut answers.timeline, question);
    }

    /// The axis of what can be seen; until the gaps of a new window are known, those of the old one
    /// serve.
    fn axis(&self, view: View, timeline: Option<&Timeline>) -> Axis {
        let (from, to) = (view.window.from(), view.window.to());
        let Some(timeline) = timeline.filter(|_| self.kept.value.idle == Idle::Collapsed) else {
            return Axis::new(view.scale, from, to);
        };
        if (timeline.axis.from(), timeline.axis.to()) == (from, to) {
            return timeline.axis.clone();
        }
        let gaps: Vec<Gap> = timeline.axis.gaps().map(|(gap, ..)| gap).collect();
        Axis::with_gaps(view.scale, from, to, &gaps)
    }

    /// Counts the lanes as of the cursor, unless that was done for it before.
    fn count(&mut self, scene: &Scene<'_>) {
        let (Some(timeline), Some(log)) = (scene.timeline, scene.model.log()) else {
            self.counts = None;
            return;
        };
        let bound = scene.model.cursor.bound();
        let known = self.counts.as_ref().is_some_and(|counts| {
            counts.bound == bound && Arc::ptr_eq(&counts.whole, &timeline.whole)
        });
        if !known {
            self.counts = Some(Counts {
                whole: Arc::clone(&timeline.whole),
                bound,
                by_lane: timeline.counts_at(log, scene.model.cursor.cut()),
            });
        }
    }
}

/// How much of a store from `first` to `last` is drawn in full.
fn busy(axis: &Axis, (first, last): (i64, i64)) -> i64 {
    let idle = axis
        .gaps()
        .map(|(gap, ..)| gap.to.saturating_sub(gap.from))
        .fold(0_i64, i64::saturating_add);
    last.saturating_sub(first).saturating_sub(idle).max(0)
}

/// Where the cursor stands on the scale.
fn cursor_value(model: &Model, scale: Scale, (first, last): (i64, i64)) -> i64 {
    let before = first.saturating_sub(1);
    match (model.cursor.bound(), scale) {
        (Bound::Head, _) => last,
        (Bound::Start, _) => before,
        (_, Scale::Time(_)) => model.cursor.time().map_or(before, Timestamp::micros),
        (_, Scale::Order) => i64::from(model.cursor.cut().outside().0) - 1,
    }
}
