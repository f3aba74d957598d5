//! The right half: the pages about the definition in front, and the results with their steps.

use std::sync::Arc;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::page::{Scene, below_a_table};
use super::{Page, Projections, READING, can_run};
use crate::analysis::words::capitalised;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Icon, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{EmptyState, Notice, Severity, Side, SidePane, Tabs};
use crate::gui::words;
use crate::log::Bound;
use crate::model::EventIx;
use crate::render::grouped;
use crate::worker::{AskProjected, Projected, Slot, Written};

/// Room for the steps, and for no more than their head where no partition is looked at.
const STEPS: f32 = 280.0;
const STEPS_LEAST: f32 = 76.0;

/// A pane lower than this has no room for what can be found elsewhere.
const LOW: f32 = 520.0;

impl Projections {
    pub(super) fn pages(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        outbox: &mut Outbox,
    ) {
        let scene = self.scene(model, session);
        self.tabs(
            ui,
            scene.as_ref().and_then(|scene| scene.projected.as_deref()),
        );
        let Some(scene) = scene.filter(|_| can_run(session)) else {
            let sentence = self.why_nothing(session, &Standing::Current);
            EmptyState::new(Icon::Projections, &sentence).show(ui);
            return;
        };
        if *scene.written.name != *self.about {
            // What came of trials with another definition says nothing of this one.
            self.about = scene.written.name.to_string();
            self.compare.forget();
            self.twice.forget();
            self.dead.forget();
            self.read_model.forget();
            self.measure.forget();
        }
        match self.page {
            Page::Results => self.results(ui, &scene, outbox),
            Page::Compare => {
                let others = self.others(model);
                self.compare.show(ui, &scene, &others, outbox);
            }
            Page::Twice => self.twice.show(ui, &scene, outbox),
            Page::Dead => self.dead.show(ui, &scene, outbox),
            Page::ReadModel => {
                let consumer = self.seen.consumer();
                self.read_model.show(ui, &scene, consumer, outbox);
            }
            Page::Emitted => self.emitted.show(ui, &scene, outbox),
            Page::Snapshots => self.measure.show(ui, &scene, outbox),
        }
    }

    /// Under the same names in every window.
    fn tabs(&mut self, ui: &mut Ui, projected: Option<&Projected>) {
        let dead = projected.map_or(0, |projected| projected.dead.len());
        let emitted = projected.map_or(0, |projected| projected.outputs.len());
        let tabs = Tabs::new("Of the projection", &mut self.page)
            .tab(Page::Results, "Results")
            .tab(Page::Compare, "A | B")
            .tab(Page::Twice, "Twice")
            .tab(Page::ReadModel, "Read model");
        let tabs = match dead {
            0 => tabs.tab(Page::Dead, "Dead letters"),
            dead => tabs.tab_with_count(Page::Dead, "Dead letters", grouped(dead as u64)),
        };
        let tabs = match emitted {
            0 => tabs.tab(Page::Emitted, "Emitted"),
            emitted => tabs.tab_with_count(Page::Emitted, "Emitted", grouped(emitted as u64)),
        };
        tabs.tab(Page::Snapshots, "Snapshots").show(ui);
    }

    /// What the pages are about; none where no definition is open.
    fn scene<'a>(&self, model: &'a Model, session: &'a Session) -> Option<Scene<'a>> {
        let sheet = self.shelf.sheet()?;
        let projected = self.told(model).and_then(|told| told.as_ref().ok());
        let is_whole = projected.is_some_and(|projected| !projected.is_partitioned);
        Some(Scene {
            model,
            session,
            written: sheet.written(),
            ran: sheet.ran.clone(),
            projected: projected.cloned(),
            settings: self.settings,
            partition: match is_whole {
                true => Some("".into()),
                false => self.wanted.partition.clone(),
            },
        })
    }

    /// The definitions that the one in front can be compared with.
    fn others(&self, model: &Model) -> Vec<(String, Written)> {
        let mut others = Vec::new();
        let front = self.shelf.sheet().map(|sheet| sheet.name.clone());
        for sheet in &self.shelf.sheets {
            if Some(&sheet.name) != front.as_ref() {
                others.push((sheet.name.clone(), sheet.written()));
            } else if let Some(saved) = sheet.as_saved() {
                others.push((format!("{} as it is saved", sheet.name), saved));
            }
        }
        if let Some(found) = model.answers.definitions.get() {
            let bundled = found.bundled.iter().filter(|one| one.suits);
            let all = found.own.iter().chain(bundled.map(|one| &one.written));
            for written in all {
                let is_open = self
                    .shelf
                    .sheets
                    .iter()
                    .any(|sheet| *sheet.name == *written.name);
                if !is_open && !others.iter().any(|(name, _)| **name == *written.name) {
                    others.push((written.name.to_string(), written.clone()));
                }
            }
        }
        others
    }

    fn results(&mut self, ui: &mut Ui, scene: &Scene<'_>, outbox: &mut Outbox) {
        let model = scene.model;
        let standing = Standing::of(ui, &model.answers.projected);
        if self.ran().is_some() {
            standing.tell(ui, "The projection", outbox);
        }
        let Some(told) = self.told(model) else {
            let sentence = self.why_nothing(scene.session, &standing);
            EmptyState::new(Icon::Projections, &sentence).show(ui);
            return;
        };
        let projected = match told {
            Ok(projected) => projected,
            Err(error) => {
                let sentence = capitalised(&error.to_string());
                EmptyState::new(Icon::Error, &sentence).show(ui);
                return;
            }
        };
        let projected = Arc::clone(projected);
        // While a run is on its way, what is shown says itself what it is as of.
        let is_part = model.answers.projected.current().is_some();
        let fades = standing.is_old() && !is_part;
        // Of another partition's steps the results are the same.
        let standing = match fades && is_of_steps(&model.answers.projected) {
            true => Standing::Current,
            false => standing,
        };
        if !projected.dead.is_empty() {
            self.failures(ui, &projected, outbox);
        }
        let mut steps = self.kept.value.steps;
        let room = ui.available_height();
        let usual = match &scene.partition {
            Some(_) => steps_height(&projected, room - ui.spacing().item_spacing.y),
            None => STEPS_LEAST,
        };
        let pane = SidePane::new("steps", Side::Bottom, &mut steps, usual);
        let pane = pane.range(STEPS_LEAST, room - 120.0);
        pane.show(ui, |ui| {
            if !is_part {
                standing.fade(ui);
            }
            self.step.show(ui, (scene, &projected), outbox);
        });
        self.kept.value.steps = steps;
        CentralPanel::no_frame().show(ui, |ui| {
            let number = model.answers.projected.number();
            let table = &mut self.results;
            let seen = (&mut self.seen, scene);
            table.bar(ui, (&projected, &mut self.wanted), seen, &standing, outbox);
            if !is_part {
                standing.fade(ui);
            }
            table.show(ui, model, (number, &projected, &mut self.wanted), outbox);
        });
    }

    /// What went wrong first, with the way to all of it.
    fn failures(&mut self, ui: &mut Ui, projected: &Projected, outbox: &mut Outbox) {
        let Some(first) = projected.dead.first() else {
            return;
        };
        let log = &projected.log;
        let same = projected
            .dead
            .iter()
            .filter(|dead| dead.error == first.error);
        let same: Vec<EventIx> = same.map(|dead| dead.event).collect();
        let line = first.error.line.map(|line| format!(", line {line}"));
        let sentence = format!(
            "{}{}: {}, {}",
            words::type_of(log, first.event),
            line.unwrap_or_default(),
            first.error.message,
            words::counted(same.len(), "event", "events"),
        );
        // In a low pane the results need the room; the dead letters have the places, too.
        let shown = if ui.available_height() < LOW { 0 } else { 3 };
        let places: Vec<String> = same
            .iter()
            .take(shown)
            .map(|event| words::position(log, *event))
            .collect();
        let panel = Panel::bottom("projection-failures").resizable(false);
        let margin = Margin::symmetric(sizes::PAD as i8, 6);
        let panel = panel
            .frame(Frame::NONE.inner_margin(margin))
            .show_separator_line(false);
        panel.show(ui, |ui| {
            let mut notice = Notice::new(Severity::Warning, &sentence).action("Dead letters");
            for place in &places {
                notice = notice.place(place);
            }
            let said = notice.show(ui);
            if said.action.is_some() {
                self.page = Page::Dead;
            }
            if let Some(event) = said.place.and_then(|at| same.get(at)) {
                outbox.send(Command::MoveTo(Bound::Event(*event)));
            }
        });
    }

    fn why_nothing(&self, session: &Session, standing: &Standing) -> String {
        match (self.shelf.sheet(), standing) {
            _ if session.log.is_empty() => "This store holds no events".to_owned(),
            _ if !can_run(session) => "Projections run once the store is indexed".to_owned(),
            (None, _) if !self.shelf.has_begun() => READING.to_owned(),
            (None, _) => "No projection is open".to_owned(),
            (Some(sheet), _) if sheet.ran.is_none() => {
                format!("Run {} to see what it holds as of the cursor", sheet.name)
            }
            (_, Standing::Unanswered(_)) => "The run was called off".to_owned(),
            _ => "The projection is being run".to_owned(),
        }
    }
}

/// Whether another partition's steps are all that is asked for beyond what is there.
fn is_of_steps(slot: &Slot<AskProjected>) -> bool {
    let (Some((known, _)), Some(asked)) = (slot.known(), slot.asked()) else {
        return false;
    };
    if known == asked {
        return false;
    }
    let mut like = known.clone();
    like.wanted.partition.clone_from(&asked.wanted.partition);
    like == *asked
}

/// How high the steps of a partition are where nobody made them otherwise: the results above them end with a whole row, and
/// take no more than they need.
fn steps_height(projected: &Projected, room: f32) -> f32 {
    let room = room - sizes::FILTER_BAR;
    let needed = sizes::TABLE_HEAD + sizes::ROW_TABLE * (projected.partitions as f32 + 1.0);
    below_a_table(STEPS, room).max(room - needed)
}
