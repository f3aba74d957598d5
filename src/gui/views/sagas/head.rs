//! The head of what is shown beside the list: which saga, how it stands and by what that is told, and what
//! can be done.

use egui::{Frame, Label, Margin, Ui};

use super::filters::{self, Said};
use super::map::Figures;
use super::timeline::Gaps;
use super::{Sagas, Shown, look, sequence};
use crate::analysis::saga::{Status, Stored, Wait, waits_for};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Button, Link, PaneHead, Pill, Segments};
use crate::model::time::Span;
use crate::render::{self, grouped};
use crate::worker::SagaInFull;

impl Sagas {
    pub(super) fn head(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        let of_one = matches!(self.shown, Shown::Timeline | Shown::Sequence);
        let title = match (self.shown, saga) {
            (Shown::Map, _) => "Process map",
            (Shown::Durations, _) => "How long they took",
            (Shown::Beside, _) => "Compared",
            (Shown::Stored, _) => "Stored states",
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
        let is_stored = self.shown == Shown::Stored;
        let mut choice = Segments::new("Saga as", &mut self.shown)
            .option(Shown::Timeline, "Timeline")
            .option(Shown::Sequence, "Sequence")
            .option(Shown::Map, "Map")
            .option(Shown::Durations, "Durations")
            .option(Shown::Beside, "Compare");
        if keeps || is_stored {
            choice = choice.option(Shown::Stored, "Stored");
        }
        choice.show(ui);
    }

    /// What can be done with what is shown.
    fn actions(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        match (self.shown, saga) {
            (Shown::Sequence, Some(saga)) => sequence::actions(ui, model, saga, outbox),
            (Shown::Map, _) => {
                Segments::new("Beside the lines", &mut self.map.figures)
                    .option(Figures::Count, "Count")
                    .option(Figures::Median, "Median time")
                    .show(ui);
                if let Some((answer, log)) = model.answers.saga_map.get().zip(model.log())
                    && ui.add(Button::secondary("Copy Mermaid").small()).clicked()
                {
                    outbox.send(Command::Copy(render::map_mermaid(&answer.map, log)));
                }
                self.write_definition(ui, model, outbox);
            }
            (Shown::Timeline | Shown::Beside, _) => {
                Segments::new("Idle gaps", &mut self.kept.value.gaps)
                    .option(Gaps::Collapsed, "Gaps short")
                    .option(Gaps::Shown, "Gaps long")
                    .show(ui);
                if self.shown == Shown::Beside
                    && !self.beside.is_empty()
                    && ui.add(Button::secondary("Clear").small()).clicked()
                {
                    self.beside.clear();
                }
            }
            _ => {}
        }
    }

    /// Writes down what was mined, of the process that is chosen or the most frequent one.
    fn write_definition(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let list = model.answers.sagas.get();
        let mined = list.filter(|list| {
            self.kept.value.definition.is_none() && !list.judged.processes.all.is_empty()
        });
        let Some(mined) = mined else { return };
        if ui
            .add(Button::secondary("Write a definition").small())
            .clicked()
        {
            let mut said = Said {
                filter: &mut self.filter,
                kept: &mut self.kept.value,
                declared: &mut self.declared,
            };
            filters::write(mined, &mut said, outbox);
            self.looks += 1;
        }
    }
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
        1 => "too little to call it stuck by".to_owned(),
        _ if wait.is_enough() => format!("95 % within {most}, by {count} that came"),
        _ => format!("by the {count} that came: too few to call it stuck by"),
    }
}

fn took(lasted: Span) -> String {
    match lasted.is_negative() {
        true => format!("Ended {} before it began: clocks disagree", lasted.abs()),
        false => format!("Took {lasted}"),
    }
}

/// From this width on there is room for why it is taken for an orchestration or a choreography.
const WIDE: f32 = 900.0;

/// What the saga waits for and what went wrong, in a line.
pub(super) fn waiting(ui: &mut Ui, model: &Model, saga: &SagaInFull, outbox: &mut Outbox) {
    let t = ui.tokens();
    let margin = Margin::symmetric(sizes::PAD as i8, 6);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        let is_wide = ui.available_width() > WIDE;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = sizes::GAP;
            let mut say = |text: String, strong: bool| {
                let (face, colour) = match strong {
                    true => (Face::DenseStrong, t.text),
                    false => (Face::Secondary, t.text2),
                };
                ui.add(Label::new(face.text(text, colour)));
            };
            let step = saga.report.waiting_for.as_deref();
            if let Some(waits) = waits_for(saga.report.status, step) {
                say(format!("Waiting for {waits}"), true);
            }
            if let Some(quiet) = &saga.report.silence {
                say(quiet.words(step), false);
                if let Some(until) = saga.until {
                    say(by_how_many(&until.wait), false);
                }
                if let Some(allowed) = quiet.stuck_after_ms.map(Span::from_millis) {
                    say(format!("called stuck after {allowed}"), false);
                }
            }
            if saga.report.duration_ms.is_some() || saga.report.waiting_for.is_none() {
                let lasted = saga.report.duration_ms.map(Span::from_millis);
                lasted
                    .into_iter()
                    .for_each(|lasted| say(took(lasted), true));
            }
            let open = saga.instance.uncompensated.iter();
            let open: Vec<&str> = open
                .map(|run| saga.report.steps[*run].name.as_str())
                .collect();
            if !open.is_empty() {
                say(format!("not undone: {}", open.join(", ")), false);
            }
            if let Some(stored) = &saga.stored {
                say(kept(stored), false);
            }
            if let Some(failure) = &saga.report.failure {
                if saga.report.status == Status::Completed {
                    ui.add(Label::new(Face::Secondary.text("recovered from", t.text2)));
                }
                ui.add(Pill::word(look::class(failure.class), failure.class.name()));
                let words = format!("{}, {}", failure.reason, failure.position);
                if ui.add(Link::new(&words)).clicked()
                    && let Some(event) = model.log().and_then(|log| log.event_at(&failure.position))
                {
                    outbox.send(Command::SelectEvent(Some(event)));
                }
            }
            let report = &saga.report;
            let whole = format!("{}: {}", report.kind.name(), report.why);
            let words = if is_wide { &whole } else { report.kind.name() };
            let label = Label::new(Face::Secondary.text(words, t.text3));
            let hint = format!("{whole}\n{}", report.process);
            ui.add(label).on_hover_text(hint);
        });
    });
    let rect = ui.min_rect();
    ui.painter()
        .hline(ui.max_rect().x_range(), rect.max.y - 0.5, (1.0, t.border));
}
