//! The page of storage: what log compaction by a key would keep and which questions about the past would
//! then be answered otherwise, streams that are long enough for snapshots, and how the store grows. All of
//! it is what the audit's report tells below its findings.

use egui::{Frame, Label, Margin, ScrollArea, Ui, WidgetInfo};
use egui_plot::{AxisHints, GridMark, HoverPosition, Line, LineStyle, Plot, PlotPoint, PlotPoints};

use super::cells::{Cells, part};
use crate::analysis::compaction::{
    Amount, CompactBy, CompactionReport, Growth, LongStream, Question,
};
use crate::analysis::words::many;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::widgets::{BarColumns, BarRow, Link, Segments, TextField};
use crate::log::Log;
use crate::model::time::{Style, Zone};
use crate::model::{CategoryIx, StreamIx, Timestamp};
use crate::render::{bytes, grouped, growth_words};

/// Height of the curve.
const PLOT: f32 = 200.0;
/// Width of the field for a pointer.
const POINTER: f32 = 220.0;
/// Where the columns of a question begin.
const QUESTION: [f32; 4] = [0.0, 420.0, 610.0, 800.0];
/// The room for which that is; where there is more they stand further apart.
const QUESTION_ROOM: f32 = 1000.0;
/// Where the columns of a long stream begin.
const STREAM: [f32; 4] = [0.0, 260.0, 440.0, 580.0];
/// Microseconds of a day.
const DAY: f64 = 86_400e6;

/// A key, as the page offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Stream,
    Type,
    Field,
}

/// The page.
#[derive(Default)]
pub(super) struct Storage {
    /// The pointer that is being typed; absent unless a field is asked for.
    typed: Option<String>,
    number: u64,
    curve: Vec<PlotPoint>,
    /// What comes if it goes on like that.
    ahead: Vec<PlotPoint>,
}

impl Storage {
    /// Draws it; `by` is the key that is asked about.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        (log, report): (&Log, &CompactionReport),
        by: &mut CompactBy,
        outbox: &mut Outbox,
    ) {
        let number = model.answers.audit.number();
        if self.number != number {
            self.number = number;
            self.curve = report.growth.as_ref().map_or_else(Vec::new, curve);
            self.ahead = report.growth.as_ref().map_or_else(Vec::new, ahead);
        }
        let area = ScrollArea::vertical().id_salt("storage").auto_shrink(false);
        area.show(ui, |ui| {
            let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 0);
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                self.compaction(ui, (model, log), report, by);
                questions(ui, model, log, report, outbox);
                long(ui, log, report, outbox);
                self.growth(ui, model.zone(), report);
                ui.add_space(sizes::GAP_GROUP);
            });
        });
    }

    fn compaction(
        &mut self,
        ui: &mut Ui,
        (model, log): (&Model, &Log),
        report: &CompactionReport,
        by: &mut CompactBy,
    ) {
        part(
            ui,
            "What log compaction would keep",
            "A compacted log keeps the last event of each key, as Kafka does. Nothing is removed here.",
        );
        self.key(ui, by);
        let t = ui.tokens();
        ui.add_space(sizes::GAP);
        ui.add(Label::new(Face::Body.text(keeps(report), t.text)).wrap());
        ui.add_space(sizes::GAP);
        let most = report.categories.iter().map(|own| own.total.events).max();
        let most = most.unwrap_or(1).max(1) as f32;
        let note = |keeps: Amount, total: Amount| {
            format!(
                "of {}, {} of {}",
                grouped(total.events),
                bytes(keeps.bytes),
                bytes(total.bytes)
            )
        };
        let names = report.categories.iter().map(|own| own.name.as_str());
        let notes = report
            .categories
            .iter()
            .map(|own| note(own.keeps, own.total));
        let columns = BarColumns::fitting(ui, names).noted(notes);
        for own in &report.categories {
            let category = log.categories().find(&own.name);
            let category = category.map(|at| model.colour(CategoryIx(at)));
            let colour = t.category(category.unwrap_or(usize::MAX));
            let (number, note) = (grouped(own.keeps.events), note(own.keeps, own.total));
            let bar = BarRow::new(&own.name, colour)
                .lengths(
                    own.keeps.events as f32 / most,
                    own.total.events as f32 / most,
                )
                .number(&number)
                .note(&note)
                .columns(columns);
            ui.add(bar);
        }
    }

    /// The key: a choice, and a pointer where it is a field.
    fn key(&mut self, ui: &mut Ui, by: &mut CompactBy) {
        if let (None, CompactBy::Field(pointer)) = (&self.typed, &*by) {
            self.typed = Some(pointer.clone());
        }
        let before = match (&self.typed, &*by) {
            (Some(_), _) => By::Field,
            (None, CompactBy::Type) => By::Type,
            (None, _) => By::Stream,
        };
        let mut now = before;
        ui.horizontal(|ui| {
            Segments::new("Keep the last event of each", &mut now)
                .option(By::Stream, "Stream")
                .option(By::Type, "Type in a stream")
                .option(By::Field, "Field")
                .show(ui);
            if now != before {
                self.typed = (now == By::Field).then(String::new);
                match now {
                    By::Stream => *by = CompactBy::Stream,
                    By::Type => *by = CompactBy::Type,
                    By::Field => {}
                }
            }
            let Some(typed) = &mut self.typed else {
                return;
            };
            let read = typed.parse::<CompactBy>();
            let pointer = read.ok().filter(|read| matches!(read, CompactBy::Field(_)));
            let error = "Write a pointer into the payload, such as /order_id";
            let error = (pointer.is_none() && !typed.is_empty()).then_some(error);
            let field = TextField::new("Field of the payload to compact by", typed)
                .hint("/order_id")
                .error(error)
                .mono()
                .small()
                .width(POINTER);
            let done = ui.add(field).lost_focus();
            if done && let Some(pointer) = pointer {
                *by = pointer;
            }
        });
    }

    fn growth(&self, ui: &mut Ui, zone: Zone, report: &CompactionReport) {
        let Some(growth) = &report.growth else {
            part(ui, "How the store grows", "");
            let words = "Its events are of less than a day at the cursor: too few to tell.";
            ui.label(Face::Body.text(words, ui.tokens().text2));
            return;
        };
        part(ui, "How the store grows", &growth_words(growth));
        let t = ui.tokens();
        let hint = |axis: AxisHints<'static>| {
            axis.tick_label_color(t.text3)
                .tick_label_font(Face::Cell.font())
        };
        let dates = AxisHints::new_x()
            .formatter(move |mark: GridMark, _| zone.format_bare(time(mark.value), Style::Date));
        let counts = AxisHints::new_y().formatter(|mark: GridMark, _| match mark.value < 0.0 {
            true => String::new(),
            false => grouped(mark.value as u64),
        });
        let shown = Plot::new("growth of the store")
            .height(PLOT)
            .custom_x_axes(vec![hint(dates)])
            .custom_y_axes(vec![hint(counts)])
            .include_y(0.0)
            .allow_scroll(false)
            .allow_zoom(false)
            .allow_drag(false)
            .allow_boxed_zoom(false)
            .show_background(false)
            .grid_color(t.border)
            .label_formatter(move |at| near(at, zone))
            .show(ui, |plot| {
                let line = Line::new("Events", PlotPoints::Borrowed(&self.curve));
                plot.line(line.color(t.accent).width(1.5));
                let ahead = PlotPoints::Borrowed(&self.ahead);
                let line = Line::new("Events if it goes on", ahead);
                let style = LineStyle::dashed_dense();
                plot.line(line.color(t.text3).width(1.5).style(style));
            });
        let name = "Events in the store over time";
        shown
            .response
            .widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, name));
        ui.label(Face::Secondary.text("Events in the store up to a day; dashed, if it goes on as in the last quarter of its time", t.text3));
    }
}

/// What would be kept, in a sentence.
fn keeps(report: &CompactionReport) -> String {
    let without = match many(report.without_key, "event has", "events have") {
        Some(words) => format!(" {words} no such key and would be kept."),
        None => String::new(),
    };
    format!(
        "It would keep {} of {} events and {} of {} of payloads.{without}",
        grouped(report.keeps.events),
        grouped(report.total.events),
        bytes(report.keeps.bytes),
        bytes(report.total.bytes),
    )
}

fn questions(
    ui: &mut Ui,
    model: &Model,
    log: &Log,
    report: &CompactionReport,
    outbox: &mut Outbox,
) {
    let asked = &report.questions;
    if asked.streams == 0 {
        return;
    }
    let words = format!(
        "{}, {} would have another state now, and {} another past.",
        asked.words(),
        grouped(asked.now),
        grouped(asked.then)
    );
    part(ui, "Which answers would change", &words);
    if asked.examples.is_empty() {
        let words = "None of those that were tried.";
        ui.label(Face::Body.text(words, ui.tokens().text2));
        return;
    }
    let wide = (ui.available_width() / QUESTION_ROOM).max(1.0);
    let edges = QUESTION.map(|edge| edge * wide);
    let heads = ["Question", "Answer now", "After compaction", ""];
    Cells::heads(ui, &edges, &heads);
    for (nth, question) in asked.examples.iter().enumerate() {
        let about = (question, model.zone(), &edges);
        ui.push_id(nth, |ui| example(ui, about, log, outbox));
    }
}

fn example(
    ui: &mut Ui,
    (question, zone, edges): (&Question, Zone, &[f32; 4]),
    log: &Log,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let when = match question.at {
        Some(at) => format!("on {}", zone.format_bare(at, Style::Seconds)),
        None => "now".to_owned(),
    };
    let asked = format!("{} of {} {when}", question.field, question.stream);
    let (before, after) = (question.before.to_string(), question.after.to_string());
    let cells = Cells::row(ui, edges, &format!("{asked}: {before} becomes {after}"));
    let words = link(ui, &cells, &asked);
    cells.text(ui, 1, &before, (Face::Code, t.text));
    cells.text(ui, 2, &after, (Face::Code, t.warning));
    if words && let Some(stream) = log.streams().find(&question.stream) {
        outbox.send(Command::GoToStream(StreamIx(stream)));
    }
}

fn long(ui: &mut Ui, log: &Log, report: &CompactionReport, outbox: &mut Outbox) {
    let Some(streams) = many(report.long_streams, "stream is", "streams are") else {
        part(ui, "Snapshots", "");
        let words = "No stream is so long that a replay of it would take time.";
        ui.label(Face::Body.text(words, ui.tokens().text2));
        return;
    };
    let more = match report.long_streams.checked_sub(report.long.len() as u64) {
        Some(more) if more > 0 => format!(" The longest {} stand here.", report.long.len()),
        _ => String::new(),
    };
    let words = format!("{streams} of a hundred events and more.{more}");
    part(ui, "Snapshots", &words);
    let heads = [
        "Stream",
        "A replay reads",
        "Its snapshot",
        "A replay from there reads",
    ];
    Cells::heads(ui, &STREAM, &heads);
    for own in &report.long {
        ui.push_id(&own.stream, |ui| stream(ui, log, own, outbox));
    }
}

fn stream(ui: &mut Ui, log: &Log, own: &LongStream, outbox: &mut Outbox) {
    let t = ui.tokens();
    let (whole, since) = (amount(own.whole), amount(own.since));
    let snapshot = own.snapshot.map_or("none".to_owned(), |at| at.to_string());
    let name = format!("{}: {whole}, snapshot {snapshot}", own.stream);
    let cells = Cells::row(ui, &STREAM, &name);
    let clicked = link(ui, &cells, &own.stream);
    cells.text(ui, 1, &whole, (Face::Cell, t.text));
    let colour = match own.snapshot {
        Some(_) => t.text,
        None => t.warning,
    };
    cells.text(ui, 2, &snapshot, (Face::Cell, colour));
    cells.text(ui, 3, &since, (Face::Cell, t.text2));
    if clicked {
        outbox.send(Command::GoToStream(log.stream(own.last)));
    }
}

/// A link in the first cell; whether it was clicked.
fn link(ui: &mut Ui, cells: &Cells<'_>, words: &str) -> bool {
    let builder = egui::UiBuilder::new().max_rect(cells.place(0));
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut child = ui.new_child(builder.layout(layout));
    child.add(Link::new(words).face(Face::Body)).clicked()
}

fn amount(amount: Amount) -> String {
    let events = many(amount.events, "event", "events").unwrap_or_else(|| "no event".to_owned());
    format!("{events}, {}", bytes(amount.bytes))
}

/// Events over days.
fn curve(growth: &Growth) -> Vec<PlotPoint> {
    let point =
        |at: Timestamp, events: u64| PlotPoint::new(at.micros() as f64 / DAY, events as f64);
    let points = growth.points.iter();
    points.map(|own| point(own.at, own.amount.events)).collect()
}

/// From the last point of the curve on, for a third of its length.
fn ahead(growth: &Growth) -> Vec<PlotPoint> {
    let [from, .., last] = &curve(growth)[..] else {
        return Vec::new();
    };
    let days = (last.x - from.x) / 3.0;
    let more = growth.a_year().events as f64 * days / 365.0;
    vec![*last, PlotPoint::new(last.x + days, last.y + more)]
}

fn time(days: f64) -> Timestamp {
    Timestamp::from_micros((days * DAY) as i64)
}

fn near(at: &HoverPosition<'_>, zone: Zone) -> Option<String> {
    let HoverPosition::NearDataPoint { position, .. } = at else {
        return None;
    };
    let day = zone.format_bare(time(position.x), Style::Date);
    Some(format!(
        "{day}: {} events",
        grouped(position.y.max(0.0) as u64)
    ))
}
