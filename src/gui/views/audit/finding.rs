//! One finding: what it is, why it matters, what to do, and the events that prove it.

use egui::{Align, Align2, Label, Layout, Margin, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::mark;
use crate::analysis::audit::{AuditOptions, Evidence, Finding};
use crate::analysis::events::{EventFilter, TypeFilter};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Icon, TokensExt, icons, sizes};
use crate::gui::widgets::{Button, Link, columns, focus_ring, one_line, paint_line};
use crate::log::{Log, MaskedFields};
use crate::model::time::Style;
use crate::render::{self, grouped};

/// Draws it; the rule's name where it is to be muted.
pub(super) fn show(
    ui: &mut Ui,
    model: &Model,
    log: &Log,
    finding: &Finding,
    outbox: &mut Outbox,
) -> Option<&'static str> {
    let mut mute = None;
    let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 12);
    egui::Frame::NONE.inner_margin(margin).show(ui, |ui| {
        head(ui, model, finding, &mut mute, outbox);
        ui.add_space(10.0);
        let parts = [
            ("What", finding.explanation.as_str()),
            ("Why it matters", &*finding.why),
            ("What to do", finding.advice),
        ];
        columns(ui, parts.len(), GUTTER, |ui, at| {
            let t = ui.tokens();
            let (label, text) = parts[at];
            ui.label(Face::Secondary.text(label, t.text3));
            ui.add(Label::new(Face::Body.text(text, t.text)).wrap());
        });
    });
    rule(ui);
    egui::Frame::NONE.inner_margin(margin).show(ui, |ui| {
        evidence_head(ui, log, finding, outbox);
        let columns = Columns::fitting(ui, model, &finding.evidence);
        for (at, evidence) in finding.evidence.iter().enumerate() {
            ui.push_id(at, |ui| row(ui, (model, log), evidence, &columns, outbox));
        }
    });
    mute
}

fn head(
    ui: &mut Ui,
    model: &Model,
    finding: &Finding,
    mute: &mut Option<&'static str>,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let (colour, icon) = mark(ui, finding.severity);
    ui.horizontal(|ui| {
        let (_, place) = ui.allocate_space(vec2(20.0, 24.0));
        icons::paint(
            ui.painter(),
            Rect::from_center_size(place.center(), vec2(18.0, 18.0)),
            icon,
            colour,
        );
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui
                .add(Button::secondary("Copy finding").icon(Icon::Copy))
                .clicked()
            {
                outbox.send(Command::Copy(render::finding_markdown(
                    finding,
                    model.zone(),
                )));
            }
            if finding.rule == "personal-data" {
                mask(ui, model, outbox);
            }
            if ui.add(Button::ghost("Mute rule")).clicked() {
                *mute = Some(finding.rule);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(Face::TitleLarge.text(finding.title, t.text)).truncate());
            });
        });
    });
    ui.label(Face::Code.text(finding.rule, t.text2));
}

/// A way to mask what the finding names, and back.
fn mask(ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
    if !model.store.masked.is_empty() {
        let hover = "Payloads and states show these fields again";
        let button = ui.add(Button::ghost("Show masked fields"));
        if button.on_hover_text(hover).clicked() {
            outbox.send(Command::Mask(MaskedFields::new()));
        }
        return;
    }
    let hover = "States, events, copies and exports of them show marks in place of these values. The audit still judges the values themselves; the file stays as it is";
    let button = ui.add(Button::ghost("Mask these fields"));
    if button.on_hover_text(hover).clicked() {
        outbox.send(Command::MaskPersonal);
    }
}

fn rule(ui: &mut Ui) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 1.0));
    let line = ui.tokens().border;
    ui.painter()
        .hline(rect.x_range(), rect.center().y, (1.0, line));
}

fn evidence_head(ui: &mut Ui, log: &Log, finding: &Finding, outbox: &mut Outbox) {
    let t = ui.tokens();
    ui.horizontal(|ui| {
        ui.label(Face::Secondary.text("Evidence", t.text3));
        let shown = finding.evidence.len() as u64;
        if shown == 0 {
            let text = "It is about the store as a whole; no single event proves it";
            ui.label(Face::Secondary.text(text, t.text2));
        } else if finding.count > shown && shown >= AuditOptions::default().evidence as u64 {
            let text = format!(
                "the first {} of {} cases",
                grouped(shown),
                grouped(finding.count)
            );
            ui.label(Face::Secondary.text(text, t.text2));
        }
        // Where all are of a few types, these are a click away.
        let mut types: Vec<&str> = finding
            .evidence
            .iter()
            .filter_map(|own| own.event_type.as_deref())
            .collect();
        types.sort_unstable();
        types.dedup();
        let found = types.iter().filter_map(|name| log.types().find(name));
        let found: Vec<crate::model::TypeIx> = found.map(crate::model::TypeIx).collect();
        if !found.is_empty() && found.len() <= 5 {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let text = match types[..] {
                    [only] => format!("All {only} in Events"),
                    _ => "All of these types in Events".to_owned(),
                };
                if ui.add(Link::new(&text).face(Face::Secondary)).clicked() {
                    let filter = EventFilter {
                        types: TypeFilter::Only(found),
                        ..EventFilter::default()
                    };
                    outbox.send(Command::SetFilter(Box::new(filter)));
                }
            });
        }
    });
}

/// Between what, why and what to do.
const GUTTER: f32 = 32.0;

/// Between the columns of evidence.
const GAP: f32 = 16.0;
/// Room that the notes have at least, where there is any, and a type or a stream in any case.
const NOTE: f32 = 260.0;
const LEAST: f32 = 96.0;
/// From the dot to the type.
const DOT: f32 = 16.0;

/// Where the type, the stream, the time and the note of pieces of evidence begin.
struct Columns([f32; 4]);

impl Columns {
    /// As wide as what stands in them. Where the note would have too little, types and streams give way.
    fn fitting(ui: &Ui, model: &Model, evidence: &[Evidence]) -> Self {
        let all = ui.available_width();
        let wide = |words: &dyn Fn(&Evidence) -> String, face| {
            let width = |own| one_line(ui.painter(), &words(own), face, ui.tokens().text, all);
            let widths = evidence.iter().map(|own| width(own).size().x);
            widths.fold(0.0, f32::max).ceil()
        };
        let position = wide(
            &|own| {
                own.position
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string)
            },
            Face::Code,
        );
        let kind = wide(
            &|own| own.event_type.clone().unwrap_or_default(),
            Face::Body,
        ) + DOT;
        let stream = wide(&stream, Face::Cell);
        let time = wide(&|own| time(model, own), Face::Cell);
        let over = position + kind + stream + time + 4.0 * GAP + NOTE - all;
        let share = |width: f32| {
            let part = over.max(0.0) * width / (kind + stream).max(1.0);
            (width - part).max(LEAST.min(width))
        };
        let mut edge = 0.0;
        Self([position, share(kind), share(stream), time].map(|width| {
            edge += width + if width > 0.0 { GAP } else { 0.0 };
            edge
        }))
    }
}

/// `order-1042 v3`.
fn stream(evidence: &Evidence) -> String {
    let Some(stream) = &evidence.stream else {
        return String::new();
    };
    let version = evidence.version.map(|version| format!(" {version}"));
    format!("{stream}{}", version.unwrap_or_default())
}

fn time(model: &Model, evidence: &Evidence) -> String {
    let zone = model.zone();
    let time = evidence
        .time
        .map(|time| zone.format_bare(time, Style::Millis));
    time.unwrap_or_default()
}

fn row(
    ui: &mut Ui,
    (model, log): (&Model, &Log),
    evidence: &Evidence,
    columns: &Columns,
    outbox: &mut Outbox,
) {
    let Columns(columns) = columns;
    let t = ui.tokens();
    let size = vec2(ui.available_width(), sizes::ROW_TABLE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let at = |from: f32, to: f32| {
        let left = rect.left() + from.min(rect.width());
        let right = (rect.left() + to - 8.0).min(rect.right());
        Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left), rect.bottom()))
    };
    if let (Some(position), Some(event)) = (&evidence.position, evidence.event) {
        let text = position.to_string();
        let name = format!("Look at {text}");
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
        focus_ring(ui, &response);
        if response.hovered() {
            ui.painter().rect_filled(rect, 0.0, t.hover);
        }
        // The cursor stays: as of this event there would be less evidence.
        if response.clicked() {
            outbox.send(Command::SelectEvent(Some(event)));
        }
        let builder = egui::UiBuilder::new()
            .max_rect(at(0.0, columns[0]))
            .layout(Layout::left_to_right(Align::Center));
        let link = ui.new_child(builder).add(Link::mono(&text));
        if link.on_hover_text("Go to this event").clicked() {
            // The cursor stays: it is known there, and the rest of the evidence is as of that.
            outbox.send(Command::SelectEvent(Some(event)));
            outbox.send(Command::Show(View::State));
        }
        let dot = pos2(rect.left() + columns[0] + 4.0, rect.center().y);
        let category = model.colour(log.category(log.stream(event)));
        ui.painter()
            .circle_filled(dot, sizes::DOT / 2.0, t.category(category));
    } else {
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Row, true, "Evidence"));
    }
    words(ui, model, evidence, columns, at);
    let note = evidence.note.as_ref().or(evidence.consumer.as_ref());
    if let Some(note) = note {
        // What is no event has the whole row.
        let from = if evidence.event.is_some() {
            columns[3]
        } else {
            0.0
        };
        let place = at(from, rect.width() + 8.0);
        let builder = egui::UiBuilder::new()
            .max_rect(place)
            .layout(Layout::left_to_right(Align::Center));
        ui.new_child(builder)
            .add(Label::new(Face::Dense.text(note, t.text)).truncate());
    }
}

/// The type, the stream and the time of a piece of evidence.
fn words(
    ui: &Ui,
    model: &Model,
    evidence: &Evidence,
    columns: &[f32; 4],
    at: impl Fn(f32, f32) -> Rect,
) {
    let t = ui.tokens();
    let line = |place, text: &str, face, colour| {
        paint_line(ui.painter(), place, Align2::LEFT_CENTER, text, face, colour);
    };
    if let Some(kind) = &evidence.event_type {
        let place = at(columns[0] + DOT, columns[1]);
        line(place, kind, Face::Body, t.text);
    }
    let cells = [stream(evidence), time(model, evidence)];
    for (nth, text) in cells.iter().enumerate() {
        let place = at(columns[nth + 1], columns[nth + 2]);
        line(place, text, Face::Cell, t.text2);
    }
}
