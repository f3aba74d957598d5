//! The sagas view: every business process as of the cursor. A list with filters, and one saga over time,
//! as a sequence diagram, or all of them as a map. Found and judged in the background.

mod asking;
mod beside;
mod durations;
mod filters;
mod head;
mod list;
mod look;
mod map;
mod offers;
mod over_time;
mod sequence;
mod stored;
mod timeline;
mod told;

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::saga::{Definition, Timeout};
use crate::gui::command::{Offer, Outbox, SagaAct};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Page, Reordered, SagaPage, Session};
use crate::gui::theme::{Icon, TokensExt, sizes};
use crate::gui::views::{Form, Screen, Standing, Text};
use crate::gui::widgets::{EmptyState, PaneHead, Side, SidePane, TableState, Widths};
use crate::log::Log;
use crate::model::EventIx;
use crate::render::{self, Shell, grouped};
use crate::worker::{Exports, SagaFilter, SagaList, SagasAt, TextFile};
use beside::Beside;
use durations::Pages;
use filters::{Filters, Said};
use map::{Map, Picked};
use timeline::Gaps;

/// Room for the list, where nobody made another: the least and the most, and how much of all there is.
const LIST: std::ops::RangeInclusive<f32> = 450.0..=900.0;
const PART: f32 = 0.43;
/// Stretches of time in which failures are counted.
const STRETCHES: usize = 60;
/// How often the files of definitions are looked at.
const LOOK: std::time::Duration = std::time::Duration::from_secs(2);

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    list: Option<f32>,
    widths: Widths,
    gaps: Gaps,
    over_time: over_time::Fold,
    sort: crate::worker::SagaSort,
    stuck_after: Option<Timeout>,
}

/// The sagas view.
pub(in crate::gui) struct Sagas {
    filter: SagaFilter,
    /// The first event of the saga that is looked at.
    chosen: Option<EventIx>,
    shown: SagaPage,
    /// The search is to have the keyboard.
    find: Option<()>,
    /// What was mined is to be written down.
    write: Option<()>,
    list: list::List,
    filters: Filters,
    map: Map,
    durations: Pages,
    /// Those that are compared.
    beside: Beside,
    stored: TableState,
    /// The definition that is gone by, by its name.
    declared: Option<(String, Arc<Definition>)>,
    /// Counts the looks at the files of definitions.
    looks: u64,
    kept: Kept<Choices>,
}

impl Default for Sagas {
    fn default() -> Self {
        Self {
            filter: SagaFilter::default(),
            chosen: None,
            shown: SagaPage::default(),
            find: None,
            write: None,
            list: list::List::default(),
            filters: Filters::default(),
            map: Map::default(),
            durations: Pages::default(),
            beside: Beside::default(),
            stored: TableState::default(),
            declared: None,
            looks: 0,
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
            definition: self.definition(model, &session.log),
            stuck_after: self.kept.value.stuck_after,
        };
        let moments = over_time::moments(model);
        let height = (self.kept.value.over_time).height(ui.max_rect().height());
        let panel = Panel::bottom("sagas-over-time").exact_size(height);
        let panel = panel
            .resizable(false)
            .show_separator_line(false)
            .frame(Frame::NONE);
        panel.show(ui, |ui| {
            let slot = &model.answers.sagas_over_time;
            Standing::of(ui, slot).fade(ui);
            if let Some(moments) = &moments {
                let fold = &mut self.kept.value.over_time;
                over_time::show(ui, model, fold, (moments, slot.get()));
            }
        });
        let before = self.filter.clone();
        let mut width = self.kept.value.list;
        let usual = (ui.max_rect().width() * PART).clamp(*LIST.start(), *LIST.end());
        SidePane::new("list of sagas", Side::Left, &mut width, usual)
            .range(280.0, ui.max_rect().width() - 320.0)
            .show(ui, |ui| self.left(ui, model, session, outbox));
        self.kept.value.list = width;
        CentralPanel::no_frame().show(ui, |ui| self.right(ui, model, outbox));
        if self.write.take().is_some() {
            self.write_definition(model, outbox);
        }
        if before != self.filter {
            self.list.begin_anew();
        }
        if session.log.is_complete() && !session.log.is_empty() {
            self.ask(model, &at, moments, outbox);
            self.look(ui, model, session, outbox);
        }
        self.kept.value.widths.clone_from(self.list.widths());
        self.kept.value.sort = self.filter.sort;
        self.kept.end(ui, outbox);
    }

    fn reordered(&mut self, moved: &Reordered) {
        self.chosen = self.chosen.and_then(|first| moved.event(first));
        self.beside.reordered(moved);
    }

    fn find(&mut self) -> Option<()> {
        self.find = Some(());
        Some(())
    }

    fn turn_to(&mut self, page: Page) {
        if let Page::Sagas(page) = page {
            self.shown = page;
        }
    }

    fn offers(&self, model: &Model) -> Vec<Offer> {
        self.all_offers(model)
    }

    fn act(&mut self, act: SagaAct, model: &Model, outbox: &mut Outbox) {
        self.carry_out(act, model, outbox);
    }

    fn answer(&self, model: &Model, form: Form) -> Option<Text> {
        Some(self.known(model, form))
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let stem = super::stem(model);
        if self.shown == SagaPage::Map {
            let known = model.answers.saga_map.get().zip(model.log());
            let (answer, log) = known.ok_or("The map is still being drawn")?;
            let written = TextFile {
                what: "The process map".to_owned(),
                ending: "mmd",
                text: render::map_mermaid(&answer.map, log),
            };
            return Ok((Exports::Text(written), format!("{stem}-map")));
        }
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        let saga = saga.filter(|_| self.shows_one());
        let saga =
            saga.ok_or("Choose a saga and its timeline or sequence to export its diagram")?;
        let id = &saga.report.id;
        // Of a long one it is large: it is made when somebody wants it.
        let written = TextFile {
            what: format!("The sequence diagram of {id}"),
            ending: "svg",
            text: render::sequence_svg(&saga.sequence, &sequence::around(model, saga)),
        };
        Ok((Exports::Text(written), super::file_name(id)))
    }

    fn address(&self, model: &Model, _log: &Log) -> Shell {
        let saga = model.answers.saga.get().and_then(Option::as_ref);
        let id = saga.filter(|saga| self.chosen == Some(saga.instance.first));
        Shell::new("sagas")
            .option_if("--id", id.map(|saga| saga.report.id.clone()))
            .option_if("--stuck-after", self.kept.value.stuck_after)
    }
}

impl Sagas {
    fn left(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let slot = &model.answers.sagas;
        let standing = Standing::of(ui, slot);
        let list = slot.get();
        let sentence = match (&standing, list) {
            (Standing::Late, _) => "not yet as of the cursor…".to_owned(),
            (_, Some(list)) => {
                let (all, rows) = (total(list), list.rows.len() as u64);
                let of = match rows == all {
                    true => String::new(),
                    false => format!("{} of ", grouped(rows)),
                };
                format!("{of}{} as of cursor", grouped(all))
            }
            _ => String::new(),
        };
        let declared = model.answers.saga_definitions.get();
        let declared = declared.map_or(&[][..], Vec::as_slice);
        let by = self.declared.as_ref().map(|(name, _)| name.clone());
        let file = self.file(model);
        let mut said = Said {
            filter: &mut self.filter,
            kept: &mut self.kept.value,
            by: by.as_deref(),
            declared: &mut self.declared,
        };
        let filters = &mut self.filters;
        PaneHead::new("Sagas").secondary(&sentence).show(ui, |ui| {
            filters.button(ui, list, &mut said);
            filters::processes(ui, list, (declared, file), &mut said, outbox);
        });
        let margin = Margin::symmetric(sizes::PAD as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let find = self.find.take();
            list::filters(ui, (Some(&session.log), list), (filters, find), &mut said);
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
        list::notices(ui, &list.notices);
        let number = slot.number();
        let before = self.beside.clone();
        let wanted = (self.chosen, &mut self.filter, &mut self.beside);
        let of = slot.known().map(|(asked, _)| &asked.at);
        let glances = of.map(|at| told::Glances::new(&model.answers.saga_glances, at));
        let glances = glances.unwrap_or_default();
        let of = (number, list, glances);
        let chosen = self.list.show(ui, model, of, wanted, outbox);
        // A list of a log in another order names its first events by places of that.
        let of = slot
            .known()
            .map(|(asked, _)| asked.at.subject.log.generation());
        if of != Some(session.log.generation()) {
            return;
        }
        if before != self.beside && !self.beside.is_empty() {
            self.shown = SagaPage::Beside;
        }
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
        self.head(ui, model, outbox);
        match self.shown {
            SagaPage::Map => self.show_map(ui, model, outbox),
            SagaPage::Durations => {
                let slot = &model.answers.saga_durations;
                let standing = Standing::of(ui, slot);
                standing.tell(ui, "How long they took", outbox);
                let Some((asked, answer)) = slot.known() else {
                    EmptyState::new(Icon::Sagas, "The durations are being measured").show(ui);
                    return;
                };
                standing.fade(ui);
                self.durations
                    .show(ui, model, (answer.as_ref(), &asked.moments));
            }
            SagaPage::Beside => {
                let slot = &model.answers.sagas_beside;
                let standing = Standing::of(ui, slot);
                standing.tell(ui, "The comparison", outbox);
                let sagas = slot.get().map_or(&[][..], Vec::as_slice);
                standing.fade(ui);
                beside::show(ui, model, sagas, self.kept.value.gaps, outbox);
            }
            SagaPage::Stored => {
                let slot = &model.answers.sagas;
                let standing = Standing::of(ui, slot);
                standing.tell(ui, "What the store keeps", outbox);
                let Some(list) = slot.get() else {
                    EmptyState::new(Icon::Sagas, "The stored states are being read").show(ui);
                    return;
                };
                standing.fade(ui);
                let stored = &list.stored.all[..];
                let of = (&mut self.stored, stored);
                let chosen = stored::show(ui, model, of, self.chosen, outbox);
                self.chosen = chosen.or(self.chosen);
            }
            SagaPage::Timeline | SagaPage::Sequence => self.show_one(ui, model, outbox),
        }
    }

    fn show_map(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let slot = &model.answers.saga_map;
        let standing = Standing::of(ui, slot);
        standing.tell(ui, "The map", outbox);
        let Some(answer) = slot.get() else {
            EmptyState::new(Icon::Sagas, "The map is being drawn").show(ui);
            return;
        };
        standing.fade(ui);
        let by = &mut self.filter.by;
        let chosen = (by.variant.as_ref(), by.passed);
        match self.map.show(ui, model, answer, chosen) {
            Some(Picked::Variant(types)) => {
                by.variant = (by.variant.as_ref() != Some(&types)).then_some(types);
            }
            Some(Picked::Passed(passed)) => {
                by.passed = (by.passed != Some(passed)).then_some(passed);
            }
            None => {}
        }
    }

    fn show_one(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let slot = &model.answers.saga;
        let standing = Standing::of(ui, slot);
        standing.tell(ui, "The saga", outbox);
        let Some(saga) = slot.get().and_then(Option::as_ref) else {
            let chosen = self.chosen.zip(model.log());
            let chosen = chosen.filter(|(first, log)| first.at() < log.len());
            let sentence = match (chosen, slot.is_pending()) {
                (Some(_), true) => "The saga is being put together".to_owned(),
                (Some((first, log)), false) => {
                    let stream = log.stream_name(log.stream(first));
                    format!("The saga that begins in {stream} has not begun at the cursor")
                }
                (None, _) => "Choose a saga to see it over time".to_owned(),
            };
            EmptyState::new(Icon::Sagas, &sentence).show(ui);
            return;
        };
        standing.fade(ui);
        let listed = self.list.holds_the_chosen();
        head::waiting(ui, model, (saga, listed), outbox);
        if self.shown == SagaPage::Timeline {
            return timeline::show(ui, model, saga, self.kept.value.gaps, outbox);
        }
        sequence::show(ui, model, saga, outbox);
    }
}

fn total(list: &SagaList) -> u64 {
    list.counts.iter().map(|count| u64::from(*count)).sum()
}
