//! The pointer in the plot: a click or a drag moves the cursor and snaps to nothing, the wheel zooms
//! around the pointer, with Shift it pans, a double click on a mark goes to its event.

use egui::{EventFilter, PointerButton, Pos2, Role, Sense, Ui, WidgetInfo};

use super::transport::View;
use super::{Scene, TimePanel};
use crate::analysis::density::Scale;
use crate::gui::command::{Command, Outbox};
use crate::gui::widgets::{focus_ring, leave_keys};
use crate::gui::words;
use crate::model::time::Style;
use crate::model::{EventIx, Timestamp};
use crate::render::grouped;
use crate::worker::Mark;

/// Points of the wheel that show about a third of what was to be seen.
const WHEEL: f32 = 240.0;
/// How near to a mark the pointer has to be.
const NEAR: f32 = 5.0;

impl TimePanel {
    pub(super) fn plot_input(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let id = ui.scope_id().with("plot");
        let response = ui.interact(scene.geometry.plot(), id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Timeline"));
        if response.has_focus() {
            // Left and Right step from event to event, as they do anywhere.
            leave_keys(ui, id);
            let arrows = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
            focus_ring(ui, &response);
        }
        let Some(ends) = self.extent else { return };
        if let Some(point) = response.interact_pointer_pos() {
            let mark = self.mark_at(scene, point);
            if response.double_clicked()
                && let Some(mark) = mark
            {
                outbox.send(Command::GoToEvent(mark.event));
            } else if response.clicked()
                || response.dragged_by(PointerButton::Primary)
                // Where it is let go counts, also where the last move came in the same frame.
                || response.drag_stopped_by(PointerButton::Primary)
            {
                let bound = scene.bound(scene.value(point), ends);
                if bound != scene.model.cursor.bound() {
                    outbox.send(Command::MoveTo(bound));
                }
            }
            if response.dragged_by(PointerButton::Middle) {
                let before = scene.value(point - response.drag_delta());
                let by = before.saturating_sub(scene.value(point));
                let View { window, limits, .. } = scene.view;
                self.see(window.pan(by, limits), limits);
            }
        }
        let Some(point) = response.hover_pos() else {
            return;
        };
        self.wheel(ui, scene.value(point), scene.view);
        if !response.dragged() {
            let text = self.describe(scene, point);
            response.on_hover_text_at_pointer(text);
        }
    }

    /// Zooms around a value, or pans, as the wheel says.
    pub(super) fn wheel(&mut self, ui: &Ui, value: i64, view: View) {
        let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
        let View { window, limits, .. } = view;
        let factor = f64::from((-scroll.y / WHEEL).exp() / pinch);
        if factor != 1.0 {
            self.see(window.zoom_at(value, factor, limits), limits);
        } else if scroll.x != 0.0 {
            let part = f64::from(-scroll.x / ui.max_rect().width().max(1.0));
            let by = (window.length() as f64 * part) as i64;
            self.see(window.pan(by, limits), limits);
        }
    }

    /// The mark of the selected stream under a point.
    fn mark_at(&self, scene: &Scene<'_>, point: Pos2) -> Option<Mark> {
        let lane = self.stream_lane(scene)?;
        let timeline = scene.timeline?;
        let away = |mark: &Mark| (scene.x(mark.value) - point.x).abs();
        let near = timeline.marks.iter().filter(|mark| away(mark) <= NEAR);
        near.min_by(|a, b| away(a).total_cmp(&away(b)))
            .copied()
            .filter(|_| lane.y_range().contains(point.y))
    }

    /// What is under a point, in words.
    fn describe(&self, scene: &Scene<'_>, point: Pos2) -> String {
        let (log, zone) = (scene.model.log(), scene.model.zone());
        if let (Some(mark), Some(timeline)) = (self.mark_at(scene, point), scene.timeline) {
            let log = &timeline.request.subject.log;
            let name = log.type_name(log.event_type(mark.event));
            let version = scene.model.selection.stream;
            let version = version.and_then(|stream| log.version_in(mark.event, stream));
            let version = version
                .map(|version| format!(" {version}"))
                .unwrap_or_default();
            let at = moment(scene, mark.value);
            return format!("{name}{version}\n{at}\nDouble-click to go to it");
        }
        let value = scene.value(point);
        let mut text = match scene.view.scale {
            Scale::Time(_) => zone.format(Timestamp::from_micros(value), Style::Seconds),
            Scale::Order => {
                let last = log.map_or(0, |log| log.len() as i64 - 1);
                let at = u32::try_from(value.clamp(0, last.max(0))).map(EventIx);
                let position = log.zip(at.ok()).map(|(log, at)| words::position(log, at));
                position.unwrap_or_default()
            }
        };
        if let Some((name, count)) = self.lane_at(scene, point) {
            let events = if count == 1 { "event" } else { "events" };
            text.push_str(&format!(
                "\n{name}: {} {events} here",
                grouped(count.into())
            ));
        }
        text
    }
}

/// A value of the scale as people read it.
pub(super) fn moment(scene: &Scene<'_>, value: i64) -> String {
    match (scene.view.scale, scene.model.log()) {
        (Scale::Time(_), _) => {
            let time = Timestamp::from_micros(value);
            scene.model.zone().format(time, Style::AsNeeded)
        }
        (Scale::Order, Some(log)) => match u32::try_from(value) {
            Ok(at) if (at as usize) < log.len() => words::position(log, EventIx(at)),
            Ok(_) => "head".to_owned(),
            Err(_) => "start".to_owned(),
        },
        (Scale::Order, None) => String::new(),
    }
}
