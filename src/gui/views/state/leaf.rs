//! What is known about one field: its value, who set it and when, what it was, and its values over
//! time. A short form on hover, the whole in a popover that stays.

use egui::{
    Align, Label, Layout, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Tooltip, Ui, vec2,
};

use super::timeline::Timeline;
use super::tree::blame_of;
use super::value;
use super::values::{self, ValueList};
use crate::analysis::replay::{Blame, Found as At, ValueChange, pointer};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::widgets::{Button, IconButton, Link, LongText, Sparkline};
use crate::gui::words;
use crate::model::EventIx;
use crate::model::time::Style;
use crate::render::grouped;
use crate::worker::{Found, Values};

const WIDTH: f32 = 400.0;
const PLOT: f32 = 52.0;
/// Texts up to so many bytes have room in the title.
const SHORT: usize = 22;

/// One field as of the cursor.
pub(super) struct Leaf<'a> {
    pub model: &'a Model,
    pub found: &'a Found,
    pointer: &'a str,
}

impl<'a> Leaf<'a> {
    pub const fn new(model: &'a Model, found: &'a Found, pointer: &'a str) -> Self {
        Self {
            model,
            found,
            pointer,
        }
    }

    /// Where it stands in the state.
    pub const fn pointer(&self) -> &str {
        self.pointer
    }

    /// The short form, above the row while the pointer rests on it.
    pub fn hover(&self, row: &Response, anchor: Rect) {
        let mut tip = Tooltip::for_enabled(row);
        tip.popup = tip
            .popup
            .anchor(anchor)
            .align(RectAlign::TOP_START)
            .gap(4.0);
        tip.show(|ui| {
            ui.set_max_width(WIDTH);
            ui.spacing_mut().interact_size.y = 16.0;
            self.title(ui);
            self.facts(ui, None);
            let colour = ui.tokens().text3;
            ui.add(Label::new(
                Face::Secondary.text("Click for its values over time", colour),
            ));
        });
    }

    fn blame(&self) -> Option<Blame> {
        let place = self.pointer.match_indices('/').map(|(at, _)| at).skip(1);
        // Within an array the blame is that of the array.
        blame_of(self.found, self.pointer).or_else(|| {
            let mut ends: Vec<usize> = place.collect();
            ends.reverse();
            ends.into_iter()
                .find_map(|end| blame_of(self.found, &self.pointer[..end]))
        })
    }

    fn value_text(&self, most: usize) -> String {
        match self.found.at.tree().get(self.pointer) {
            At::Present { value, .. } => value::preview(&value, most),
            At::Removed(_) => "removed".to_owned(),
            At::Missing => "not there".to_owned(),
        }
    }

    /// The path, and under it as much of the value as can be read in passing.
    fn title(&self, ui: &mut Ui) {
        let t = ui.tokens();
        let path = pointer::spoken(self.pointer);
        ui.add(Label::new(Face::CodeStrong.text(path, t.text)).wrap());
        let text = Face::CodeStrong.text(self.value_text(400), t.changed);
        ui.add(Label::new(text).wrap());
    }

    /// Who set it and when; with `outbox` the event is a link.
    fn facts(&self, ui: &mut Ui, outbox: Option<&mut Outbox>) {
        let t = ui.tokens();
        let Some(Blame { set_by, changed_by }) = self.blame() else {
            let text = "No event so far has set it";
            ui.add(Label::new(Face::Secondary.text(text, t.text2)));
            return;
        };
        let (log, at) = (&self.found.log, &self.found.at);
        let removed = matches!(at.tree().get(self.pointer), At::Removed(_));
        let words = match () {
            () if removed => "removed by",
            () if set_by == changed_by => "set by",
            () => "changed by",
        };
        self.event_line(ui, words, changed_by, outbox);
        if let Some(time) = log.time(changed_by, at.cut.clock()) {
            let text = self.model.zone().format(time, Style::AsNeeded);
            ui.add(Label::new(Face::Cell.text(text, t.text2)));
        }
        if set_by != changed_by {
            let text = format!("set again to the same by {}", self.place(set_by));
            ui.add(Label::new(Face::Secondary.text(text, t.text2)).truncate());
        }
    }

    fn event_line(&self, ui: &mut Ui, words: &str, event: EventIx, outbox: Option<&mut Outbox>) {
        let t = ui.tokens();
        let name = words::type_of(&self.found.log, event);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.add(Label::new(Face::Secondary.text(words, t.text2)));
            match outbox {
                Some(outbox) => {
                    if ui
                        .add(Link::new(name).face(Face::SecondaryStrong))
                        .clicked()
                    {
                        outbox.send(Command::GoToEvent(event));
                    }
                }
                None => {
                    ui.add(Label::new(Face::SecondaryStrong.text(name, t.text)));
                }
            }
            let place = words::place(&self.found.log, self.found.at.stream, event);
            ui.add(Label::new(Face::Cell.text(place, t.text2)).truncate());
        });
    }

    fn place(&self, event: EventIx) -> String {
        words::place(&self.found.log, self.found.at.stream, event)
    }
}

/// What the popover shows below the facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    /// A plot, or the last few values.
    #[default]
    Short,
    /// Every value.
    All,
}

/// The popover of the pinned field.
#[derive(Default)]
pub(super) struct LeafPopover {
    pointer: Option<String>,
    page: Page,
    list: ValueList,
}

impl LeafPopover {
    /// Pins a field.
    pub fn open(&mut self, pointer: String) {
        if self.pointer.as_ref() != Some(&pointer) {
            self.page = Page::Short;
        }
        self.pointer = Some(pointer);
    }

    /// Lets go of it.
    pub fn close(&mut self) {
        self.pointer = None;
    }

    /// The pinned field.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Draws it above its row.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        anchor: Rect,
        model: &Model,
        found: &Found,
        outbox: &mut Outbox,
    ) {
        let Some(pointer) = self.pointer.clone() else {
            return;
        };
        // An id of its own, so that a click that opens another field does not close that too.
        let id = ui.scope_id().with(("leaf", &pointer));
        let mut open = true;
        Popup::new(id, ui.ctx().clone(), anchor, ui.layer_id())
            .open_bool(&mut open)
            .align(RectAlign::TOP_START)
            .align_alternatives(&[RectAlign::BOTTOM_START, RectAlign::TOP_END])
            .gap(4.0)
            .width(WIDTH)
            .frame(frame(ui))
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .accessible_name(format!("Field {}", pointer::spoken(&pointer)))
            .show(|ui| {
                ui.set_width(WIDTH - 2.0 * sizes::PAD);
                ui.spacing_mut().item_spacing.y = 4.0;
                ui.spacing_mut().interact_size.y = 16.0;
                self.content(ui, &Leaf::new(model, found, &pointer), outbox);
            });
        if !open {
            self.close();
        }
    }

    fn content(&mut self, ui: &mut Ui, leaf: &Leaf<'_>, outbox: &mut Outbox) {
        title(ui, leaf, outbox);
        whole(ui, leaf);
        leaf.facts(ui, Some(outbox));
        let Some(values) = values_of(leaf) else {
            let colour = ui.tokens().text3;
            let words = match leaf.model.fold_by {
                None => "Reading its values…",
                Some(_) => "Values over time are told of the default fold only",
            };
            ui.add(Label::new(Face::Secondary.text(words, colour)));
            ui.add_space(PLOT + 24.0);
            return self.actions(ui, leaf, 0, outbox);
        };
        let changes = &values.changes;
        let timeline = Timeline::of(values, &leaf.found.log, &leaf.found.at.cut);
        was(ui, leaf, changes, &timeline);
        ui.add_space(2.0);
        let shown = match self.page {
            Page::All => {
                self.list.show(ui, leaf, changes, &timeline, outbox);
                Listed::All
            }
            Page::Short if timeline.points.len() > 1 => {
                let name = format!("{} over time", pointer::spoken(leaf.pointer));
                let plot = Sparkline::new(&name, &timeline.points)
                    .cursor(timeline.cursor)
                    .size(vec2(ui.available_width(), PLOT));
                ui.add(plot);
                Listed::All
            }
            Page::Short => {
                values::last_few(ui, leaf, changes, &timeline);
                Listed::Past
            }
        };
        extent(ui, leaf, changes, &timeline, shown);
        self.actions(ui, leaf, changes.len(), outbox);
    }

    fn actions(&mut self, ui: &mut Ui, leaf: &Leaf<'_>, values: usize, outbox: &mut Outbox) {
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().button_padding.x = 8.0;
            if let Some(blame) = leaf.blame() {
                let go = Button::secondary("Go to event").icon(Icon::Link).small();
                if ui.add(go).clicked() {
                    outbox.send(Command::GoToEvent(blame.changed_by));
                }
            }
            if values > 1 {
                let all = format!("All {values} values");
                let (word, next) = match self.page {
                    Page::Short => (all.as_str(), Page::All),
                    Page::All => ("Fewer values", Page::Short),
                };
                if ui.add(Button::ghost(word).small()).clicked() {
                    self.page = next;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Button::ghost("Copy path").small()).clicked() {
                    outbox.send(Command::Copy(leaf.pointer.to_owned()));
                }
            });
        });
    }
}

/// The field's values, once the worker has brought them.
fn values_of<'m>(leaf: &Leaf<'m>) -> Option<&'m Values> {
    let (question, values) = leaf.model.answers.values.known()?;
    let is_it =
        (question.stream, question.pointer.as_str()) == (leaf.found.at.stream, leaf.pointer);
    if !is_it || leaf.model.fold_by.is_some() {
        return None;
    }
    let last = values.changes.last();
    let there = last.is_none_or(|change| change.event.at() < leaf.found.log.len());
    there.then_some(values)
}

/// Which of the values are to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    All,
    /// Those known at the cursor.
    Past,
}

/// The ground of a popover.
pub(super) fn frame(ui: &Ui) -> egui::Frame {
    egui::Frame::popup(ui.style()).inner_margin(sizes::PAD)
}

fn title(ui: &mut Ui, leaf: &Leaf<'_>, outbox: &mut Outbox) {
    let t = ui.tokens();
    ui.horizontal(|ui| {
        ui.set_height(sizes::BUTTON_SMALL);
        let path = pointer::spoken(leaf.pointer);
        let half = ui.available_width() * 0.55;
        ui.scope(|ui| {
            ui.set_max_width(half);
            ui.add(Label::new(Face::CodeStrong.text(path, t.text)).truncate());
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let copy = IconButton::new(Icon::Copy, "Copy value").small();
            if ui.add(copy).clicked()
                && let At::Present { value, .. } = leaf.found.at.tree().get(leaf.pointer)
            {
                outbox.send(Command::Copy(value::copied(&value)));
            }
            let text = Face::CodeStrong.text(leaf.value_text(200), t.changed);
            ui.add(Label::new(text).truncate());
        });
    });
}

/// A text that the title has no room for, in whole.
fn whole(ui: &mut Ui, leaf: &Leaf<'_>) {
    if let At::Present { value, .. } = leaf.found.at.tree().get(leaf.pointer)
        && let Some(text) = value
            .as_str()
            .filter(|text| text.len() > SHORT || text.contains('\n'))
    {
        LongText::new("Whole value", text)
            .max_height(140.0)
            .show(ui);
    }
}

/// `was 1334.50 since v40, 1 d 4 h before cursor`
fn was(ui: &mut Ui, leaf: &Leaf<'_>, values: &[ValueChange], timeline: &Timeline) {
    let t = ui.tokens();
    let before = timeline
        .current
        .and_then(|current| current.checked_sub(1))
        .and_then(|before| values.get(before));
    let Some(before) = before else {
        let text = "its first value";
        ui.add(Label::new(Face::Secondary.text(text, t.text2)));
        return;
    };
    let (log, at) = (&leaf.found.log, &leaf.found.at);
    let text = before
        .value
        .as_ref()
        .map_or_else(|| "not there".to_owned(), |value| value::preview(value, 40));
    let version = words::version(log, at.stream, before.event);
    let far = words::distance(
        log.time(before.event, at.cut.clock()),
        at.cut.time(log),
        leaf.model.zone(),
    );
    let far = far.map_or(String::new(), |far| format!(", {far}"));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add(Label::new(Face::Secondary.text("was", t.text2)));
        ui.add(Label::new(Face::CellStrong.text(text, t.text)));
        let since = format!("since {version}{far}");
        ui.add(Label::new(Face::Secondary.text(since, t.text2)).truncate());
    });
}

/// `29 values since 2023-02-14`, and that there are more to come.
fn extent(
    ui: &mut Ui,
    leaf: &Leaf<'_>,
    values: &[ValueChange],
    timeline: &Timeline,
    listed: Listed,
) {
    let t = ui.tokens();
    let (log, at) = (&leaf.found.log, &leaf.found.at);
    let since = values
        .first()
        .and_then(|first| log.time(first.event, at.cut.clock()))
        .map_or(String::new(), |time| {
            let date = leaf.model.zone().format_bare(time, Style::Date);
            format!(" since {date}")
        });
    let known = words::counted(timeline.known, "value", "values");
    ui.horizontal(|ui| {
        ui.add(Label::new(
            Face::Secondary.text(format!("{known}{since}"), t.text2),
        ));
        let later = values.len() - timeline.known;
        if later > 0 {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let faded = if listed == Listed::All { ", faded" } else { "" };
                let text = format!("{} after the cursor{faded}", grouped(later as u64));
                ui.add(Label::new(Face::Secondary.text(text, t.future)));
            });
        }
    });
}
