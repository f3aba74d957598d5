//! The right column: categories, what the store does not hold and what follows from that, and what is
//! wrong with the file.

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::{Overview, Shown, section};
use crate::analysis::words::capitalised;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, Icon, TokensExt, Tone, icons, sizes};
use crate::gui::widgets::{
    BarColumns, BarRow, Button, Link, Notice, Pill, Severity, one_line, paint_line,
};
use crate::gui::words;
use crate::log::Clock;
use crate::render::grouped;
use crate::worker::{Finding, FindingKind, PlaceTarget, StoreOverview};

const CATEGORIES: usize = 8;

impl Overview {
    pub(super) fn holds(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let found = model.answers.overview.get();
        if let Some(found) = found {
            self.categories(ui, model, found, outbox);
        }
        // What is wrong stands above what is merely not there, which may be a long list.
        let (wrong, fine) = match found {
            Some(found) if found.findings.is_empty() => (None, Some(found)),
            found => (found, None),
        };
        if let Some(found) = wrong {
            problems(ui, model, found, outbox);
        }
        lacks(ui, model);
        if let Some(found) = fine {
            problems(ui, model, found, outbox);
        }
    }

    fn categories(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        found: &StoreOverview,
        outbox: &mut Outbox,
    ) {
        let count = found.categories.len();
        let now = self.categories;
        let mut shown = now;
        section(
            ui,
            "Categories",
            |ui| {
                if count > CATEGORIES {
                    let word = match now {
                        Shown::Top => format!("All {}", grouped(count as u64)),
                        Shown::All => format!("Top {CATEGORIES}"),
                    };
                    let word = Link::new(&word).face(Face::Secondary);
                    if ui.add(word).clicked() {
                        shown = now.toggled();
                    }
                    ui.add_space(8.0);
                }
                ui.label(Face::Secondary.text("as of cursor", ui.tokens().text2));
            },
            |ui| category_rows(ui, model, found, now.rows(CATEGORIES), outbox),
        );
        self.categories = shown;
    }
}

fn category_rows(
    ui: &mut Ui,
    model: &Model,
    found: &StoreOverview,
    most: usize,
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    let longest = found.categories.first();
    let longest = longest.map_or(1, |first| first.all_events).max(1);
    let shown = found.categories.get(..most).unwrap_or(&found.categories);
    let columns = BarColumns::fitting(ui, shown.iter().map(|row| row.name.as_str()));
    let columns = columns.numbered(longest);
    let noted = |streams: u64| words::counted(streams as usize, "stream", "streams");
    let columns = columns.noted(shown.iter().map(|row| noted(row.streams)));
    for row in shown {
        let part = |count: u64| count as f32 / longest as f32;
        let number = grouped(row.events);
        let note = noted(row.streams);
        let bar = BarRow::new(&row.name, t.category(model.colour(row.category)))
            .lengths(part(row.events), part(row.all_events))
            .number(&number)
            .note(&note)
            .columns(columns);
        let hover = format!(
            "{}: {number} of {} events, {} of {} streams. Show its events",
            row.name,
            grouped(row.all_events),
            grouped(row.streams),
            grouped(row.all_streams)
        );
        if ui.add(bar).on_hover_text(hover).clicked() {
            outbox.send(Command::FilterCategory(row.category));
        }
    }
}

/// What follows from a store not holding something.
fn consequence(lack: &str, timed: Option<Clock>) -> &'static str {
    match lack {
        "recorded time" | "occurred time" if timed.is_none() => "the cursor goes by position",
        "position" => "positions count the events in log order",
        "stream" => "all events stand in one stream",
        "version" => "versions count the events of each stream",
        "event type" => "events cannot be told apart by kind",
        "schema version" => "versions of a type are told by their shape",
        "event id" => "duplicates are found by content only",
        "recorded time" => "the cursor goes by occurred time only",
        "occurred time" => "the cursor goes by recorded time only",
        "correlation id" => "what belongs together is not marked",
        "causation id" => "causes and effects are not linked",
        "payload" => "states are empty",
        "metadata" => "events carry a payload only",
        "checkpoints" => "how far consumers are is unknown",
        "checkpoint history" => "past lag of consumers is unknown",
        "snapshots" => "every state is folded from the first event",
        "outbox" => "what waits to be published is unknown",
        "processed messages" => "what consumers have seen is unknown",
        "dead letters" => "a stalled consumer shows no error",
        "saga states" => "sagas are read from the events alone",
        "schema registry" => "schemas are inferred from payloads",
        "commands" => "what was asked for and refused is unknown",
        _ => "",
    }
}

fn lacks(ui: &mut Ui, model: &Model) {
    let Some(session) = &model.session else {
        return;
    };
    section(
        ui,
        "What this store does not hold",
        |_| {},
        |ui| {
            let t = ui.tokens();
            if session.opened.lacks.is_empty() {
                let text = "Every column that Asof knows of is there";
                ui.label(Face::Dense.text(text, t.text2));
            }
            let mut clocks = Clock::ALL.into_iter();
            let timed = clocks.find(|clock| session.log.has_clock(*clock));
            let names: Vec<String> = session
                .opened
                .lacks
                .iter()
                .map(|lack| capitalised(lack))
                .collect();
            let width = |name: &String| {
                let text = one_line(ui.painter(), name, Face::Dense, t.text, f32::INFINITY);
                text.size().x
            };
            let widest = names.iter().map(width).fold(0.0, f32::max).ceil();
            for (lack, name) in session.opened.lacks.iter().zip(&names) {
                absent(ui, (name, widest), consequence(lack, timed));
            }
        },
    );
}

/// What is not there and what follows from that, on as many lines as it takes.
fn absent(ui: &mut Ui, (name, widest): (&str, f32), why: &str) {
    let t = ui.tokens();
    let before = 20.0 + widest + sizes::PAD;
    let room = (ui.available_width() - before).max(80.0);
    let face = Face::Secondary;
    let galley = (ui.painter()).layout(why.to_owned(), face.font(), t.text2, room);
    let height = (galley.size().y + 6.0).max(sizes::ROW_TREE);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), height));
    let first = rect.with_max_y(rect.top() + sizes::ROW_TREE);
    let mark = Rect::from_min_size(pos2(first.left(), first.center().y - 6.0), vec2(12.0, 12.0));
    icons::paint(ui.painter(), mark, Icon::Minus, t.text3);
    let place = first
        .with_min_x(first.left() + 20.0)
        .with_max_x(first.left() + before);
    paint_line(
        ui.painter(),
        place,
        Align2::LEFT_CENTER,
        name,
        Face::Dense,
        t.text,
    );
    let builder = egui::UiBuilder::new()
        .id_salt(name)
        .max_rect(Rect::from_min_max(
            pos2(rect.left() + before, rect.top() + 3.0),
            rect.max,
        ));
    let words = egui::Label::new(face.text(why, t.text2)).wrap();
    ui.new_child(builder).add(words);
}

fn problems(ui: &mut Ui, model: &Model, found: &StoreOverview, outbox: &mut Outbox) {
    let count = |kind| found.findings.iter().filter(|one| one.kind == kind).count();
    let (errors, warnings) = (count(FindingKind::Unreadable), count(FindingKind::Odd));
    let words = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    section(
        ui,
        "Problems in the file",
        |ui| {
            if warnings > 0 {
                ui.add(Pill::word(Tone::Warning, &words(warnings, "warning")));
            }
            if errors > 0 {
                ui.add(Pill::word(Tone::Error, &words(errors, "error")));
            }
        },
        |ui| {
            if found.findings.is_empty() {
                ui.horizontal(|ui| {
                    let whole = model.reach().is_whole();
                    if whole {
                        let size = vec2(14.0, 20.0);
                        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                        let rect = icons::centred(rect, 14.0);
                        icons::paint(ui.painter(), rect, Icon::Check, ui.tokens().ok);
                    }
                    let text = match whole {
                        true => "None found: every record was read",
                        false => "None found so far: the rest is not read yet",
                    };
                    ui.label(Face::Dense.text(text, ui.tokens().text2));
                });
            }
            for finding in &found.findings {
                one(ui, finding, outbox);
                ui.add_space(8.0);
            }
            ui.add_space(8.0);
            let copy = Button::secondary("Copy report").icon(Icon::Copy);
            if ui.add(copy).clicked() {
                outbox.send(Command::CopyReport);
            }
        },
    );
}

fn one(ui: &mut Ui, finding: &Finding, outbox: &mut Outbox) {
    let severity = match finding.kind {
        FindingKind::Unreadable => Severity::Error,
        FindingKind::Odd => Severity::Warning,
    };
    let more = match finding.more {
        0 => String::new(),
        more => format!("{} more", grouped(more)),
    };
    let mut notice = Notice::new(severity, &finding.message);
    // Only what can be gone to is a link; other places stand in the detail.
    let linked = || finding.places.iter().filter(|place| place.target.is_some());
    for place in linked() {
        notice = notice.place(&place.text);
    }
    let plain = finding.places.iter().filter(|place| place.target.is_none());
    let mut plain: Vec<&str> = plain.map(|place| place.text.as_str()).collect();
    plain.extend(Some(more.as_str()).filter(|more| !more.is_empty()));
    let clicked = notice.show(ui).place;
    if !plain.is_empty() {
        ui.horizontal(|ui| {
            ui.add_space(22.0);
            let text = Face::Cell.text(plain.join(" · "), ui.tokens().text2);
            ui.add(egui::Label::new(text).wrap());
        });
    }
    let target = clicked.and_then(|at| linked().nth(at)?.target);
    match target {
        Some(PlaceTarget::Event(event)) => outbox.send(Command::GoToEvent(event)),
        Some(PlaceTarget::Stream(stream)) => outbox.send(Command::GoToStream(stream)),
        None => {}
    }
}
