//! The sagas view: every business process as of the cursor. A list with filters, and one saga over time,
//! as a sequence diagram, or all of them as a map. Found and judged in the background.

mod list;
mod look;
mod map;
mod over_time;
mod sequence;
mod timeline;

use egui::{CentralPanel, Frame, Label, Margin, Panel, Ui};
use serde::{Deserialize, Serialize};

use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{
    Button, EmptyState, Link, PaneHead, Pill, Segments, Side, SidePane, Widths,
};
use crate::log::Log;
use crate::model::EventIx;
use crate::model::time::Span;
use crate::render::{self, Shell, grouped};
use crate::worker::{
    AskSaga, AskSagaMap, AskSagas, AskSagasOverTime, Exports, SagaFilter, SagaInFull, SagaList,
    SagasAt, TextFile,
};
use map::{Beside, Map};
use timeline::Gaps;

/// Room for the list, where nobody made another.
const LIST: f32 = 450.0;

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    list: Option<f32>,
    widths: Widths,
    gaps: Gaps,
    sort: crate::worker::SagaSort,
}

/// What is shown beside the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Timeline,
    Sequence,
    Map,
}

/// The sagas view.
pub(in crate::gui) struct Sagas {
    filter: SagaFilter,
    /// The first event of the saga that is looked at.
    chosen: Option<EventIx>,
    shown: Shown,
    list: list::List,
    map: Map,
    /// What an export writes.
    written: Option<TextFile>,
    kept: Kept<Choices>,
}

impl Default for Sagas {
    fn default() -> Self {
        Self {
            filter: SagaFilter::default(),
            chosen: None,
            shown: Shown::default(),
            list: list::List::default(),
            map: Map::default(),
            written: None,
            kept: Kept::new("sagas"),
        }
    }
}

impl Screen for Sagas {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        if let Some(kept) = self.kept.begin(model).cloned() {
            self.list.set_widths(kept.widths);
            self.filter.sort = kept.sort;
        }
        ui.painter()
            .rect_filled(ui.max_rect(), 0.0, ui.tokens().panel);
        let at = SagasAt {
            subject: session.subject(),
            cut: *model.cursor.cut(),
            definition: None,
        };
        let moments = over_time::moments(model);
        let panel = Panel::bottom("sagas-over-time").exact_size(over_time::HEIGHT);
        let panel = panel
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::NONE);
        panel.show(ui, |ui| {
            let slot = &model.answers.sagas_over_time;
            Standing::of(ui, slot).fade(ui);
            if let Some(moments) = &moments {
                over_time::show(ui, model, moments, slot.get());
            }
        });
        let before = self.filter.clone();
        let mut width = self.kept.value.list;
        SidePane::new("list of sagas", Side::Left, &mut width, LIST)
            .range(280.0, ui.max_rect().width() - 320.0)
            .show(ui, |ui| self.left(ui, model, session, outbox));
        self.kept.value.list = width;
        CentralPanel::no_frame().show(ui, |ui| self.right(ui, model, outbox));
        if before != self.filter {
            self.list.begin_anew();
        }
        if session.log.is_complete() && !session.log.is_empty() {
            self.ask(&at, moments, outbox);
        }
        self.kept.value.widths.clone_from(self.list.widths());
        self.kept.value.sort = self.filter.sort;
        self.kept.end(ui, outbox);
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let written = self
            .written
            .clone()
            .ok_or("Choose a saga to export its diagram")?;
        let stem = super::stem(model);
        Ok((Exports::Text(written), format!("{stem}-saga")))
    }

    fn address(&self, model: &Model, _log: &Log) -> Shell {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        let id = saga.filter(|saga| self.chosen == Some(saga.instance.first));
        Shell::new("sagas").option_if("--id", id.map(|saga| saga.report.id.clone()))
    }
}

impl Sagas {
    fn ask(&self, at: &SagasAt, moments: Option<std::sync::Arc<Vec<i64>>>, outbox: &mut Outbox) {
        let question = AskSagas {
            at: at.clone(),
            filter: self.filter.clone(),
        };
        outbox.ask(|answers| &mut answers.sagas, question);
        if let Some(first) = self.chosen {
            let question = AskSaga {
                at: at.clone(),
                first,
            };
            outbox.ask(|answers| &mut answers.saga, question);
        }
        if self.shown == Shown::Map {
            let question = AskSagaMap {
                at: at.clone(),
                process: self.filter.process,
            };
            outbox.ask(|answers| &mut answers.saga_map, question);
        }
        if let Some(moments) = moments {
            let question = AskSagasOverTime {
                at: at.clone(),
                moments,
            };
            outbox.ask(|answers| &mut answers.sagas_over_time, question);
        }
    }

    fn left(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let slot = &model.answers.sagas;
        let standing = Standing::of(ui, slot);
        let list = slot.get();
        let sentence = match (&standing, list) {
            (Standing::Late, _) => "not yet as of the cursor…".to_owned(),
            (_, Some(list)) => format!("{} as of cursor", grouped(total(list))),
            _ => String::new(),
        };
        PaneHead::new("Sagas").secondary(&sentence).show(ui, |_| ());
        let margin = Margin::symmetric(sizes::PAD as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            list::filters(ui, list, &mut self.filter);
        });
        standing.tell(ui, "The list of sagas", outbox);
        let Some(list) = list else {
            let sentence = match session.log.is_complete() {
                true if session.log.is_empty() => "This store holds no events",
                true => "The sagas are being found",
                false => "Sagas are found once the store is indexed",
            };
            EmptyState::new(Icon::Sagas, sentence).show(ui);
            return;
        };
        standing.fade(ui);
        let number = slot.number();
        let wanted = (self.chosen, &mut self.filter);
        let chosen = self.list.show(ui, model, (number, list), wanted, outbox);
        if chosen.is_some() {
            self.chosen = chosen;
        } else if self.chosen.is_none()
            && let Some((seen, _)) = list.row(0)
        {
            // The most urgent one is shown until somebody chooses.
            self.chosen = Some(EventIx(list.judged.at.events_of(seen)[0]));
        }
    }

    fn right(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let slot = &model.answers.saga;
        let saga = slot.get().and_then(Option::as_ref);
        self.written = None;
        self.head(ui, model, saga, outbox);
        if self.shown == Shown::Map {
            let slot = &model.answers.saga_map;
            let standing = Standing::of(ui, slot);
            standing.tell(ui, "The map", outbox);
            let Some(answer) = slot.get() else {
                EmptyState::new(Icon::Sagas, "The map is being drawn").show(ui);
                return;
            };
            standing.fade(ui);
            let chosen = self.filter.variant.clone();
            if let Some(types) = self.map.show(ui, model, answer, chosen.as_ref()) {
                self.filter.variant = (chosen.as_ref() != Some(&types)).then_some(types);
            }
            return;
        }
        let standing = Standing::of(ui, slot);
        standing.tell(ui, "The saga", outbox);
        let Some(saga) = saga else {
            let sentence = match self.chosen {
                Some(_) => "This saga has not begun at the cursor",
                None => "Choose a saga to see it over time",
            };
            EmptyState::new(Icon::Sagas, sentence).show(ui);
            return;
        };
        standing.fade(ui);
        waiting(ui, model, saga, outbox);
        match self.shown {
            Shown::Sequence => {
                self.written = Some(TextFile {
                    what: format!("The sequence diagram of {}", saga.report.id),
                    ending: "svg",
                    text: render::sequence_svg(&saga.sequence),
                });
                sequence::show(ui, model, saga, outbox);
            }
            _ => timeline::show(ui, model, saga, self.kept.value.gaps, outbox),
        }
    }

    fn head(&mut self, ui: &mut Ui, model: &Model, saga: Option<&SagaInFull>, outbox: &mut Outbox) {
        let title = match (self.shown, saga) {
            (Shown::Map, _) => "Process map",
            (_, Some(saga)) => &saga.report.id,
            (_, None) => "Saga",
        };
        let shown = &mut self.shown;
        let now = *shown;
        let (gaps, beside) = (&mut self.kept.value.gaps, &mut self.map.beside);
        let head = match now {
            Shown::Map => PaneHead::new(title),
            _ => PaneHead::new(title).mono(),
        };
        let list = model.answers.sagas.get();
        let mut definition = None;
        head.show_with(
            ui,
            |ui| {
                let Some(saga) = saga.filter(|_| now != Shown::Map) else {
                    return;
                };
                let (tone, shape, word) = look::status(saga.report.status);
                ui.add(Pill::new(tone, shape, word));
                let t = ui.tokens();
                let text = format!("{}, {}", saga.report.process, saga.report.kind.name());
                ui.add(Label::new(Face::Secondary.text(text, t.text2)).truncate());
            },
            |ui| {
                match (now, saga) {
                    (Shown::Sequence, Some(saga)) => sequence::actions(ui, saga, outbox),
                    (Shown::Map, _) => {
                        definition = write_definition(ui, list, self.filter.process);
                        Segments::new("Beside the lines", beside)
                            .option(Beside::Count, "Count")
                            .option(Beside::Median, "Median time")
                            .show(ui);
                    }
                    _ => {
                        Segments::new("Idle gaps", gaps)
                            .option(Gaps::Collapsed, "Gaps short")
                            .option(Gaps::Shown, "Gaps long")
                            .show(ui);
                    }
                }
                Segments::new("Saga as", shown)
                    .option(Shown::Timeline, "Timeline")
                    .option(Shown::Sequence, "Sequence")
                    .option(Shown::Map, "Map")
                    .show(ui);
            },
        );
        if let Some(written) = definition {
            self.written = Some(written);
            outbox.send(Command::Export);
        }
    }
}

fn total(list: &SagaList) -> u64 {
    list.counts.iter().map(|count| u64::from(*count)).sum()
}

/// A button that writes down what was mined, for the process that is chosen or the most frequent one.
fn write_definition(
    ui: &mut Ui,
    list: Option<&SagaList>,
    process: Option<u16>,
) -> Option<TextFile> {
    let list = list?;
    let button = Button::secondary("Write a definition")
        .icon(Icon::Export)
        .small();
    if !ui.add_enabled(!list.processes.is_empty(), button).clicked() {
        return None;
    }
    let most = list
        .processes
        .iter()
        .enumerate()
        .max_by_key(|(_, count)| **count);
    let process = process.map(usize::from).or(most.map(|(at, _)| at))?;
    let definition = &list.judged.processes.all.get(process)?.definition;
    Some(TextFile {
        what: format!("The definition of {}", definition.id),
        ending: "toml",
        text: definition.to_toml(),
    })
}

/// What the saga waits for and what went wrong, in a line.
fn waiting(ui: &mut Ui, model: &Model, saga: &SagaInFull, outbox: &mut Outbox) {
    let t = ui.tokens();
    let margin = Margin::symmetric(sizes::PAD as i8, 6);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = sizes::GAP;
            let mut say = |text: String, strong: bool| {
                let (face, colour) = match strong {
                    true => (Face::DenseStrong, t.text),
                    false => (Face::Secondary, t.text2),
                };
                ui.add(Label::new(face.text(text, colour)));
            };
            if let Some(name) = &saga.report.waiting_for {
                say(format!("Waiting for {name}"), true);
            } else if let Some((name, _)) = saga.next.first() {
                say(format!("Usually next: {name}"), true);
            }
            if let Some((_, wait)) = saga.next.first() {
                let (median, most) = (Span::from_micros(wait.median), Span::from_micros(wait.p95));
                let finished = grouped(u64::from(saga.finished));
                say(
                    format!("usually {median}, 95 % within {most}, by {finished} finished sagas"),
                    false,
                );
            }
            if let Some(stuck) = &saga.report.stuck {
                let waited = Span::from_millis(stuck.waited_ms);
                let allowed = Span::from_millis(stuck.threshold_ms);
                say(
                    format!("silent for {waited}; called stuck after {allowed}"),
                    false,
                );
            }
            if saga.report.duration_ms.is_some() || saga.report.waiting_for.is_none() {
                let lasted = saga.report.duration_ms.map(Span::from_millis);
                lasted
                    .into_iter()
                    .for_each(|lasted| say(format!("Took {lasted}"), true));
            }
            for run in &saga.instance.uncompensated {
                let name = &saga.report.steps[*run].name;
                say(format!("not undone: {name}"), false);
            }
            if let Some(failure) = &saga.report.failure {
                ui.add(Pill::word(look::class(failure.class), failure.class.name()));
                let words = format!("{}, {}", failure.reason, failure.position);
                if ui.add(Link::new(&words)).clicked()
                    && let Some(event) = model.log().and_then(|log| log.event_at(&failure.position))
                {
                    outbox.send(Command::SelectEvent(Some(event)));
                }
            }
        });
    });
    let rect = ui.min_rect();
    ui.painter()
        .hline(ui.max_rect().x_range(), rect.max.y - 0.5, (1.0, t.border));
}
