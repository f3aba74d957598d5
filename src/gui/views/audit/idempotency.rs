//! The page of idempotency: what is here twice and how, what a window of remembered ids would have caught
//! and would have cost, and a way to the test that tells which handlers mind.

use egui::{Frame, Label, Margin, ScrollArea, Ui, vec2};
use egui_plot::{
    AxisHints, GridInput, GridMark, HoverPosition, Line, Plot, PlotPoint, PlotPoints, Points, VLine,
};

use super::cells::{Cells, part};
use super::has_finding;
use crate::analysis::deeper::{Duplicates, WindowFigures};
use crate::analysis::words::many;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{Button, Link};
use crate::log::SideKind;
use crate::model::time::Span;
use crate::render::grouped;
use crate::worker::FoundAudit;

/// Height of the curve.
const PLOT: f32 = 220.0;
/// Where the columns of a window begin.
const WINDOW: [f32; 5] = [0.0, 160.0, 300.0, 440.0, 640.0];
/// Where the columns of a rule begin.
const RULE: [f32; 3] = [0.0, 330.0, 430.0];

/// The rules that are about what comes twice or in another order, as they are told here.
const ABOUT: [(&str, &str); 9] = [
    ("duplicate-id-same-content", "Same id, same content"),
    (
        "duplicate-id-different-content",
        "Same id, different content",
    ),
    ("duplicate-content-new-id", "Same content, new id"),
    ("processed-twice", "Processed twice by one consumer"),
    ("outbox-duplicate", "Published twice by the outbox"),
    ("version-fork", "One stream version twice"),
    ("version-gap", "Versions missing in a stream"),
    ("out-of-order", "Arrived out of order in its stream"),
    ("orphan-causation", "Cause is not in the store"),
];

/// The page.
#[derive(Default)]
pub(super) struct Idempotency {
    number: u64,
    curve: Vec<PlotPoint>,
}

impl Idempotency {
    /// Draws it; the rule whose finding is to be looked at.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        found: &FoundAudit,
        outbox: &mut Outbox,
    ) -> Option<&'static str> {
        let own = &found.deeper.duplicates;
        let number = model.answers.audit.number();
        if self.number != number {
            self.number = number;
            self.curve = steps(own);
        }
        let mut rule = None;
        let area = ScrollArea::vertical()
            .id_salt("idempotency")
            .auto_shrink(false);
        area.show(ui, |ui| {
            let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 0);
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                part(ui, "What a dedup window would have caught", "");
                let t = ui.tokens();
                ui.add(Label::new(Face::Body.text(sentence(own), t.text)).wrap());
                if self.curve.len() > 1 {
                    ui.add_space(sizes::GAP);
                    self.plot(ui, own);
                }
                windows(ui, own);
                remembered(ui, found, own);
                rule = rules(ui, found);
                handlers(ui, outbox);
                ui.add_space(sizes::GAP_GROUP);
            });
        });
        rule
    }

    fn plot(&self, ui: &mut Ui, own: &Duplicates) {
        let t = ui.tokens();
        let hint = |axis: AxisHints<'static>| {
            axis.tick_label_color(t.text3)
                .tick_label_font(Face::Cell.font())
        };
        let x = AxisHints::new_x().formatter(|mark: GridMark, _| length(mark.value));
        let y = AxisHints::new_y().formatter(|mark: GridMark, _| match mark.value.fract() == 0.0 {
            true => grouped(mark.value.max(0.0) as u64),
            false => String::new(),
        });
        let all = own.timed() as f64;
        let curve = &self.curve;
        let response = Plot::new("dedup window")
            .height(PLOT)
            .custom_x_axes(vec![hint(x)])
            .custom_y_axes(vec![hint(y)])
            .x_grid_spacer(marks)
            .include_y(0.0)
            .include_y(all * 1.1)
            .set_margin_fraction(vec2(0.02, 0.0))
            .allow_scroll(false)
            .allow_zoom(false)
            .allow_drag(false)
            .allow_boxed_zoom(false)
            .show_background(false)
            .grid_color(t.border)
            .label_formatter(near)
            .show(ui, |plot| {
                for window in &own.windows {
                    let line = VLine::new(window.name, (window.window_ms as f64).log10());
                    plot.vline(line.color(t.border2).width(1.0).allow_hover(false));
                }
                // Piece by piece: as one line its corners are filled.
                for piece in curve.windows(2) {
                    let line = Line::new("Copies caught", PlotPoints::Borrowed(piece));
                    plot.line(line.color(t.text).width(1.5));
                }
                // Where the usual windows meet the curve.
                let at = |window: &WindowFigures| {
                    [(window.window_ms as f64).log10(), window.caught as f64]
                };
                let points: Vec<[f64; 2]> = own.windows.iter().map(at).collect();
                let points = Points::new("Usual windows", points);
                plot.points(points.color(t.accent).radius(4.0));
            });
        let name = "Copies that a dedup window would have caught, by its length";
        let response = response.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
        ui.label(Face::Secondary.text(
            "Copies caught by a window of so long; log scale, marks at the usual lengths",
            t.text3,
        ));
    }
}

/// The curve as steps over the logarithm of milliseconds.
fn steps(own: &Duplicates) -> Vec<PlotPoint> {
    let log = |ms: i64| (ms.max(1) as f64).log10();
    let mut points = Vec::with_capacity(own.curve.len() * 2 + 2);
    let mut caught = 0;
    let first = own.curve.first().map_or(1, |point| point.window_ms);
    // A second before the first copy, and a week behind the last, so that the usual windows are in sight.
    points.push(PlotPoint::new(log(first.min(1000)), 0.0));
    for point in &own.curve {
        points.push(PlotPoint::new(log(point.window_ms), caught as f64));
        points.push(PlotPoint::new(log(point.window_ms), point.caught as f64));
        caught = point.caught;
    }
    let usual = own.windows.last().map_or(1, |window| window.window_ms);
    let last = own.curve.last().map_or(1, |point| point.window_ms);
    points.push(PlotPoint::new(log(last.max(usual)), caught as f64));
    if own.curve.is_empty() {
        Vec::new()
    } else {
        points
    }
}

/// A length of time by the logarithm of its milliseconds.
fn length(log: f64) -> String {
    let ms = 10_f64.powf(log).clamp(0.0, 1e15);
    Span::from_micros((ms * 1000.0).round() as i64).to_string()
}

fn near(at: &HoverPosition<'_>) -> Option<String> {
    let HoverPosition::NearDataPoint { position, .. } = at else {
        return None;
    };
    let caught = grouped(position.y.max(0.0) as u64);
    Some(format!("{}: {caught} caught", length(position.x)))
}

/// Lengths that people count in, in milliseconds.
const LENGTHS: [f64; 9] = [1.0, 10.0, 100.0, 1e3, 6e4, 3e5, 3.6e6, 8.64e7, 6.048e8];

fn marks(input: GridInput) -> Vec<GridMark> {
    let lengths = LENGTHS.into_iter().map(f64::log10);
    let inside = lengths.filter(|at| *at >= input.bounds.0 && *at <= input.bounds.1);
    // All alike: each has its label.
    inside
        .map(|value| GridMark {
            value,
            step_size: 1.0,
        })
        .collect()
}

/// What there is, and what five minutes would do.
fn sentence(own: &Duplicates) -> String {
    let copies = own.same_id + own.new_id;
    let Some(words) = many(copies, "event is", "events are") else {
        return "No event is here twice at the cursor, neither by its id nor by its content."
            .to_owned();
    };
    let untimed = match many(own.untimed, "copy has", "copies have") {
        None => String::new(),
        Some(words) => format!(" {words} no time and cannot be told."),
    };
    let five = own
        .windows
        .iter()
        .find(|window| window.window_ms == 300_000);
    let five = five
        .filter(|_| own.timed() > 0)
        .map_or(String::new(), |window| {
            let caught = grouped(window.caught);
            format!(
                " A window of 5 minutes would have caught {caught} of {}.",
                grouped(own.timed())
            )
        });
    format!(
        "{words} here once more: {} under the same id, {} under a new id with the same content.{five}{untimed}",
        grouped(own.same_id),
        grouped(own.new_id)
    )
}

fn windows(ui: &mut Ui, own: &Duplicates) {
    ui.add_space(sizes::GAP);
    Cells::heads(
        ui,
        &WINDOW,
        &["Window", "Caught", "Missed", "Ids remembered at most", ""],
    );
    for window in &own.windows {
        let t = ui.tokens();
        let missed = own.timed().saturating_sub(window.caught);
        let name = format!(
            "{}: {} caught, {missed} missed, {} ids remembered",
            window.name, window.caught, window.remembered
        );
        let cells = Cells::row(ui, &WINDOW, &name);
        cells.text(ui, 0, window.name, (Face::Body, t.text));
        cells.text(ui, 1, &grouped(window.caught), (Face::Cell, t.text));
        let colour = if missed > 0 { t.warning } else { t.text2 };
        cells.text(ui, 2, &grouped(missed), (Face::Cell, colour));
        cells.text(ui, 3, &grouped(window.remembered), (Face::Cell, t.text2));
    }
}

/// What other ways have to remember.
fn remembered(ui: &mut Ui, found: &FoundAudit, own: &Duplicates) {
    let t = ui.tokens();
    ui.add_space(sizes::GAP);
    let words = format!(
        "Remembering all ids keeps {}; a sequence by entity keeps one number for each of {}, and catches copies that keep their number.",
        many(own.events, "id", "ids").unwrap_or_else(|| "nothing".to_owned()),
        many(own.sequences, "stream", "streams").unwrap_or_else(|| "no stream".to_owned()),
    );
    ui.add(Label::new(Face::Body.text(words, t.text2)).wrap());
    let kept = match found.figures.keeps(SideKind::Processed) {
        true => "This store keeps what its consumers have processed, message by message.",
        false => {
            "This store keeps no list of processed messages: whether its consumers do, it cannot tell."
        }
    };
    ui.add(Label::new(Face::Body.text(kept, t.text2)).wrap());
}

/// What the audit found of this; the rule that was clicked.
fn rules(ui: &mut Ui, found: &FoundAudit) -> Option<&'static str> {
    part(ui, "What is here twice, missing, or out of order", "");
    Cells::heads(ui, &RULE, &["", "Cases", ""]);
    let mut chosen = None;
    for (rule, words) in ABOUT {
        ui.push_id(rule, |ui| {
            let t = ui.tokens();
            let count = found.figures.found(rule);
            let cells = Cells::row(ui, &RULE, &format!("{words}: {count}"));
            let colour = if count > 0 { t.text } else { t.text2 };
            cells.text(ui, 0, words, (Face::Body, colour));
            cells.text(ui, 1, &grouped(count), (Face::Cell, colour));
            if count == 0 {
                return;
            }
            if !has_finding(found, rule) {
                cells.text(ui, 2, "this rule is muted", (Face::Secondary, t.text2));
                return;
            }
            let builder = egui::UiBuilder::new().max_rect(cells.place(2));
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            let mut child = ui.new_child(builder.layout(layout));
            let name = format!("Look at {rule}");
            if child.add(Link::new(&name).face(Face::Secondary)).clicked() {
                chosen = Some(rule);
            }
        });
    }
    chosen
}

/// A way to the test of handlers.
fn handlers(ui: &mut Ui, outbox: &mut Outbox) {
    part(
        ui,
        "Which handlers mind",
        "A projection that is run with every event twice, late or in another order shows which handlers come to another result.",
    );
    let button = Button::secondary("Run a projection twice and shuffled");
    if ui.add(button).clicked() {
        outbox.send(Command::Show(View::Projections));
    }
}
