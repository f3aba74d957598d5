//! The head of what is shown beside the list: which saga, how it stands and by what that is told, and what
//! can be done.

use egui::{Frame, Label, Margin, Ui, vec2};

use super::timeline::Gaps;
use super::{Sagas, look};
use crate::analysis::saga::{SagaReport, Status, Stored, Wait, may_come, waits_for};
use crate::analysis::words::{capitalised, many};
use crate::gui::command::{Command, Outbox, SagaAct};
use crate::gui::model::{Model, SagaPage};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Button, Check, IconButton, Link, PaneHead, Pill, Segments};
use crate::model::time::Span;
use crate::render::{grouped, saga_why};
use crate::worker::SagaInFull;

impl Sagas {
    pub(super) fn head(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        let of_one = self.shows_one();
        let title = match (self.shown, saga) {
            (SagaPage::Map, _) => "Process map",
            (SagaPage::Durations, _) => "How long they took",
            (SagaPage::Beside, _) => "Compared",
            (SagaPage::Stored, _) => "Stored states",
            (_, Some(saga)) => &saga.report.id,
            (_, None) => "Saga",
        };
        let head = match of_one {
            true => PaneHead::new(title).mono(),
            false => PaneHead::new(title),
        };
        head.show_with(
            ui,
            |ui| {
                if let Some(saga) = saga.filter(|_| of_one) {
                    Standing::of(ui, &model.answers.saga).fade(ui);
                    standing(ui, saga);
                    if let Some(unsure) = saga.report.may_have_ended {
                        let text = Face::Secondary.text("may have ended", ui.tokens().text2);
                        ui.add(Label::new(text)).on_hover_text(unsure.name());
                    }
                }
            },
            |ui| {
                self.choice(ui, model);
                self.actions(ui, model, outbox);
            },
        );
    }

    /// What is shown.
    fn choice(&mut self, ui: &mut Ui, model: &Model) {
        let list = model.answers.sagas.get();
        let keeps = list.is_some_and(|list| !list.stored.all.is_empty());
        let is_stored = self.shown == SagaPage::Stored;
        let mut choice = Segments::new("Saga as", &mut self.shown);
        for page in SagaPage::ALL {
            choice = choice.option(page, page.name());
        }
        if keeps || is_stored {
            choice = choice.option(SagaPage::Stored, SagaPage::Stored.name());
        }
        choice.show(ui);
    }

    /// What can be done with what is shown.
    fn actions(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        match (self.shown, saga) {
            (SagaPage::Sequence, Some(_)) => {
                if is_clicked(ui, (Icon::Export, "Export the diagram as SVG"), "SVG") {
                    outbox.send(Command::Export);
                }
                let copy = (Icon::Copy, "Copy the diagram as Mermaid");
                if is_clicked(ui, copy, "Copy Mermaid") {
                    self.carry_out(SagaAct::CopyMermaid, model, outbox);
                }
            }
            (SagaPage::Map, _) => {
                let copy = "Copy Mermaid";
                if model.answers.saga_map.get().is_some()
                    && is_clicked(ui, (Icon::Copy, copy), copy)
                {
                    self.carry_out(SagaAct::CopyMermaid, model, outbox);
                }
                let write = Button::secondary("Write a definition").small();
                if self.mined(model).is_some() && ui.add(write).clicked() {
                    self.write_definition(model, outbox);
                }
            }
            (SagaPage::Timeline | SagaPage::Beside, _) => {
                let has_room = ui.max_rect().width() >= WIDE;
                if has_room && self.shown == SagaPage::Timeline && saga.is_some() {
                    let copy = IconButton::new(Icon::Copy, "Copy answer").small();
                    if ui.add(copy.shortcut("Ctrl+Shift+C")).clicked() {
                        outbox.send(Command::CopyAnswer);
                    }
                }
                gaps(ui, &mut self.kept.value.gaps);
                if self.shown == SagaPage::Beside
                    && !self.beside.is_empty()
                    && ui.add(Button::secondary("Clear").small()).clicked()
                {
                    self.beside.clear();
                }
            }
            _ => {}
        }
    }
}

/// A button with a word; in little room, where the status of the saga needs what words would take, with an
/// icon that tells its name. Whether it was clicked.
fn is_clicked(ui: &mut Ui, (icon, name): (Icon, &str), word: &str) -> bool {
    let response = match (ui.max_rect().width() < WIDE, icon) {
        (true, icon) => ui.add(IconButton::new(icon, name).small()),
        (false, Icon::Export) => ui.add(Button::secondary(word).icon(icon).small()),
        (false, _) => ui.add(Button::secondary(word).small()),
    };
    response.clicked()
}

/// Whether idle gaps are drawn short.
fn gaps(ui: &mut Ui, gaps: &mut Gaps) {
    let on = *gaps == Gaps::Collapsed;
    let check = ui.add(Check::new("Short gaps", on));
    if check.clicked() {
        *gaps = match on {
            true => Gaps::Shown,
            false => Gaps::Collapsed,
        };
    }
    check.on_hover_text("Draw stretches in which nothing happens short");
}

/// How a saga stands.
fn standing(ui: &mut Ui, saga: &SagaInFull) {
    let (tone, shape, word) = look::status(saga.report.status);
    ui.add(Pill::new(tone, shape, word));
}

/// What the store keeps of a saga beside its events.
fn kept(stored: &Stored) -> String {
    let mut words = format!("{} says", stored.table);
    match (&stored.status, stored.version) {
        (Some(status), Some(version)) => words += &format!(" {status}, version {version}"),
        (Some(status), None) => words += &format!(" {status}"),
        (None, Some(version)) => words += &format!(" version {version}"),
        (None, None) => words += " nothing of its status",
    }
    words
}

/// How many tell what is usual of it, and what most take.
fn by_how_many(wait: &Wait) -> String {
    let most = Span::from_micros(wait.p95);
    let count = grouped(u64::from(wait.count));
    match wait.count {
        _ if !wait.is_told() => {
            format!(
                "learnt from {} finished ones",
                grouped(u64::from(wait.came()))
            )
        }
        1 => "too little to call it stuck by".to_owned(),
        _ if wait.is_enough() => {
            format!("95 % within {most}, learnt from {count} finished ones")
        }
        _ => format!("learnt from {count} finished ones, too few to call it stuck by"),
    }
}

fn took(lasted: Span) -> String {
    match lasted.is_negative() {
        true => format!("Ended {} before it began: clocks disagree", lasted.abs()),
        false => format!("Took {lasted}"),
    }
}

/// What the saga waits for and what went wrong, in sentences that break between their parts.
pub(super) fn waiting(
    ui: &mut Ui,
    model: &Model,
    (saga, listed): (&SagaInFull, Listed),
    outbox: &mut Outbox,
) {
    let t = ui.tokens();
    // In little room the lanes need what whole parts and the margin would take.
    let (breaks, above, between) = match ui.available_height() < LOW {
        true => (Breaks::Anywhere, 3, 1.0),
        false => (Breaks::BetweenParts, 6, 2.0),
    };
    let margin = Margin::symmetric(sizes::PAD as i8, above);
    let sentence = |ui: &mut Ui, ink: Ink, parts: &[String]| sentence(ui, (ink, breaks), parts);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(5.0, between);
            let report = &saga.report;
            let step = report.waiting_for.as_deref();
            if listed == Listed::Not {
                sentence(ui, Ink::Faint, &["Not in the list".to_owned()]);
            }
            if let Some(waits) = waits_for(report.status, step) {
                sentence(ui, Ink::Strong, &[format!("Waiting for {waits}")]);
            }
            let may = may_come((report.status, step), report.silence.as_ref());
            if let Some(next) = may {
                sentence(ui, Ink::Strong, &[format!("Usually {next} comes next")]);
            }
            sentence(ui, Ink::Plain, &silence(saga, step.or(may)));
            if report.duration_ms.is_some() || report.waiting_for.is_none() {
                // As in the list: to the microsecond, since a span is told by what it is cut to.
                let lasted = report.started.zip(report.ended).map(|(from, to)| to - from);
                let lasted: Vec<String> = lasted.into_iter().map(took).collect();
                sentence(ui, Ink::Strong, &lasted);
            }
            let open = saga.instance.uncompensated.iter();
            let open: Vec<&str> = open.map(|run| report.steps[*run].name.as_str()).collect();
            if !open.is_empty() {
                let mut parts: Vec<String> = open.iter().map(|own| (*own).to_owned()).collect();
                parts[0] = format!("Not undone: {}", parts[0]);
                sentence(ui, Ink::Plain, &parts);
            }
            if let Some(stored) = &saga.stored {
                sentence(ui, Ink::Plain, &[kept(stored)]);
            }
            if let Some(failure) = &report.failure {
                if report.status == Status::Completed {
                    ui.add(Label::new(Face::Secondary.text("Recovered from", t.text2)));
                }
                ui.add(Pill::word(look::class(failure.class), failure.class.name()));
                let words = format!("{}, {}", failure.reason, failure.position);
                if ui.add(Link::new(&words)).clicked()
                    && let Some(event) = model.log().and_then(|log| log.event_at(&failure.position))
                {
                    outbox.send(Command::SelectEvent(Some(event)));
                }
            }
            facts(ui, (model, report), breaks);
            let why = capitalised(&saga_why(report));
            let parts: Vec<String> = why.split(", ").map(str::to_owned).collect();
            match (breaks, parts.first()) {
                // What ties its events together is what can be spared first.
                (Breaks::Anywhere, Some(who)) => {
                    let words = Face::Secondary.text(format!("{who}."), t.text3);
                    ui.add(Label::new(words)).on_hover_text(why);
                }
                _ => sentence(ui, Ink::Faint, &parts),
            }
        });
    });
    let rect = ui.min_rect();
    ui.painter()
        .hline(ui.max_rect().x_range(), rect.max.y - 0.5, (1.0, t.border));
}

/// What more is known of why it stands so; in little room only how much of that there is.
fn facts(ui: &mut Ui, (model, report): (&Model, &SagaReport), breaks: Breaks) {
    let facts = report.reasons(|time| model.time(time));
    let facts: Vec<String> = facts.iter().map(|own| capitalised(own)).collect();
    match breaks {
        Breaks::BetweenParts => {
            for words in facts {
                sentence(ui, (Ink::Plain, breaks), &[words]);
            }
        }
        Breaks::Anywhere => {
            if let Some(more) = many(facts.len() as u64, "more fact", "more facts") {
                let words = Face::Secondary.text(more, ui.tokens().text2);
                ui.add(Label::new(words)).on_hover_text(facts.join("\n"));
            }
        }
    }
}

/// How long it is silent, what is usual of that and when it is too long: the parts of a sentence; `told` is what
/// was said to come.
fn silence(saga: &SagaInFull, told: Option<&str>) -> Vec<String> {
    let Some(quiet) = &saga.report.silence else {
        return Vec::new();
    };
    let words = capitalised(&quiet.words(told));
    let mut parts: Vec<String> = words.split(", ").map(str::to_owned).collect();
    // Who waits for a person is never stuck, however long.
    if saga.report.status == Status::Parked {
        return parts;
    }
    if let Some(until) = saga.until {
        parts.push(by_how_many(&until.wait));
    }
    let allowed = quiet.stuck_after_ms.map(Span::from_millis);
    parts.extend(allowed.map(|allowed| format!("called stuck after {allowed}")));
    parts
}

/// Whether a saga that is shown is among those that are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    It,
    Not,
}

/// How much a sentence tells.
#[derive(Clone, Copy)]
enum Ink {
    Strong,
    Plain,
    Faint,
}

/// In less width than that the head has no room for all of its choices.
const WIDE: f32 = 740.0;
/// In less height than that no part of a sentence is kept whole.
const LOW: f32 = 420.0;

/// Where sentences are broken into lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Anywhere,
    BetweenParts,
}

/// A sentence of parts, none of which is broken where it need not be.
fn sentence(ui: &mut Ui, (ink, breaks): (Ink, Breaks), parts: &[String]) {
    /// Letters of a part that is broken all the same.
    const LONG: usize = 90;
    let t = ui.tokens();
    let (face, colour) = match ink {
        Ink::Strong => (Face::DenseStrong, t.text),
        Ink::Plain => (Face::Secondary, t.text2),
        Ink::Faint => (Face::Secondary, t.text3),
    };
    if breaks == Breaks::Anywhere && !parts.is_empty() {
        let words = format!("{}.", parts.join(", "));
        ui.add(Label::new(face.text(words, colour)));
        return;
    }
    for (at, part) in parts.iter().enumerate() {
        let mark = if at + 1 == parts.len() { "." } else { "," };
        let label = Label::new(face.text(format!("{part}{mark}"), colour));
        ui.add(match part.len() > LONG {
            true => label,
            false => label.extend(),
        });
    }
}
