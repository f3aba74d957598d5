//! What the pages of the view share: what they are about, their bar, and telling of what is late or has
//! no answer.

use std::sync::Arc;

use egui::{Align, Label, Layout, Rect, Role, Ui, UiBuilder, WidgetInfo, vec2};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::Button;
use crate::gui::words;
use crate::log::Log;
use crate::model::EventIx;
use crate::worker::{Projected, ProjectionSettings, Question, Written};

/// What a page is about.
pub(super) struct Scene<'a> {
    pub model: &'a Model,
    pub session: &'a Session,
    /// The definition in front, as it stands in the editor.
    pub written: Written,
    /// As it was run last.
    pub ran: Option<Written>,
    /// What came of that.
    pub projected: Option<Arc<Projected>>,
    pub settings: ProjectionSettings,
    /// The partition that is looked at; empty where there are none.
    pub partition: Option<Arc<str>>,
}

/// As of when a projection is told: the cursor, or where it was stopped before it.
pub(super) fn as_of(projected: &Projected) -> String {
    if projected.stopped.is_none() {
        return "as of the cursor".to_owned();
    }
    let last = projected
        .last
        .map(|last| words::position(&projected.log, last));
    let last = last.unwrap_or_else(|| "the beginning".to_owned());
    format!("up to {last}, where it was stopped")
}

/// The picture of a page on which nothing is wrong: no tick where it goes only to where it was stopped.
pub(super) const fn mark(projected: &Projected) -> Icon {
    match projected.stopped {
        Some(_) => Icon::Error,
        None => Icon::Check,
    }
}

/// What a trial has come to, where the definition has been edited since.
pub(super) fn of_text(scene: &Scene<'_>, tried: &Written, sentence: String) -> String {
    match *tried == scene.written || sentence.is_empty() {
        true => sentence,
        false => format!("Before the last edit: {sentence}"),
    }
}

/// How high a pane is that stands under a table in this room: at most the half of it, and so that the table
/// ends with a whole row.
pub(super) fn below_a_table(usual: f32, room: f32) -> f32 {
    let usual = usual.min(room * 0.5);
    let rows = (room - usual - sizes::TABLE_HEAD).max(0.0);
    usual + rows % sizes::ROW_TABLE
}

/// Room for the longest of these in a column, and no less than that.
pub(super) fn wide_as<'t>(texts: impl Iterator<Item = &'t str>, least: f32) -> f32 {
    let longest = texts.map(|text| text.chars().count()).max();
    (longest.unwrap_or_default() as f32 * 7.0 + 20.0).clamp(least, 220.0)
}

/// A bar over a page: words and fields from the left, actions from the right.
pub(super) fn bar(ui: &mut Ui, left: impl FnOnce(&mut Ui), right: impl FnOnce(&mut Ui)) {
    let t = ui.tokens();
    let (_, all) = ui.allocate_space(vec2(ui.available_width(), sizes::FILTER_BAR));
    ui.painter()
        .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
    let inner = Rect::from_x_y_ranges(
        (all.min.x + sizes::PAD)..=(all.max.x - sizes::PAD),
        all.y_range(),
    );
    let builder = UiBuilder::new()
        .id_salt("actions")
        .max_rect(inner)
        .layout(Layout::right_to_left(Align::Center));
    let mut actions = ui.new_child(builder);
    right(&mut actions);
    let used = actions.min_rect().min.x.min(inner.max.x);
    let builder = UiBuilder::new()
        .id_salt("words")
        .max_rect(inner.with_max_x(used - sizes::GAP))
        .layout(Layout::left_to_right(Align::Center));
    left(&mut ui.new_child(builder));
}

/// A sentence in a bar.
pub(super) fn say(ui: &mut Ui, sentence: &str) {
    if sentence.is_empty() {
        return;
    }
    let text = Face::Secondary.text(sentence, ui.tokens().text2);
    let said = ui.add(Label::new(text).truncate());
    said.widget_info(|| WidgetInfo::labeled(Role::Status, true, sentence));
}

/// The button of a trial: begins it, or calls it off while it runs. True where it is to begin.
pub(super) fn trial<Q: Question>(
    ui: &mut Ui,
    (model, slot): (&Model, &crate::worker::Slot<Q>),
    word: &str,
    outbox: &mut Outbox,
) -> bool {
    let label = Q::LABEL.unwrap_or_default();
    let running = model.running.iter().find(|running| running.label == label);
    let late = Standing::of(ui, slot) == Standing::Late;
    if let Some(running) = running.filter(|_| late) {
        if ui.add(Button::secondary("Cancel").small()).clicked() {
            outbox.send(Command::Cancel(running.slot));
        }
        return false;
    }
    ui.add(Button::secondary(word).small()).clicked()
}

/// A row of a table leads to its event.
pub(super) fn go_to(log: &Log, event: Option<EventIx>, outbox: &mut Outbox) {
    if let Some(event) = event.filter(|event| event.at() < log.len()) {
        outbox.send(Command::GoToEvent(event));
    }
}
