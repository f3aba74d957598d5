//! What the view asks for, and by which definition.

use std::sync::Arc;

use egui::Ui;

use super::{LOOK, STRETCHES, Sagas, over_time};
use crate::analysis::saga::Definition;
use crate::gui::command::Outbox;
use crate::gui::model::{Model, SagaPage, Session};
use crate::log::Log;
use crate::worker::{
    AskSaga, AskSagaDefinitions, AskSagaDurations, AskSagaGlances, AskSagaMap, AskSagas,
    AskSagasBeside, AskSagasOverTime, SagasAt,
};

impl Sagas {
    /// Asks for the list, for what is shown beside it and for the plot.
    pub(super) fn ask(
        &self,
        model: &Model,
        at: &SagasAt,
        moments: Option<Arc<Vec<i64>>>,
        outbox: &mut Outbox,
    ) {
        if self.is_unread(model) {
            return;
        }
        let at = at.clone();
        let question = AskSagas {
            at: at.clone(),
            filter: self.filter.clone(),
        };
        outbox.ask(|answers| &mut answers.sagas, question);
        if let Some(list) = model.answers.sagas.current() {
            let (at, firsts) = (at.clone(), self.list.to_glance_at(list));
            if !firsts.is_empty() {
                let question = AskSagaGlances { at, firsts };
                outbox.ask(|answers| &mut answers.saga_glances, question);
            }
        }
        if let Some(first) = self.chosen {
            let at = at.clone();
            outbox.ask(|answers| &mut answers.saga, AskSaga { at, first });
        }
        self.ask_shown(model, &at, outbox);
        if let Some(moments) = moments {
            let process = self.filter.by.process;
            let question = AskSagasOverTime {
                at,
                process,
                moments,
            };
            outbox.ask(|answers| &mut answers.sagas_over_time, question);
        }
    }

    /// What is shown beside the list needs more.
    fn ask_shown(&self, model: &Model, at: &SagasAt, outbox: &mut Outbox) {
        let at = at.clone();
        match self.shown {
            SagaPage::Map => {
                let process = self.filter.by.process;
                let question = AskSagaMap { at, process };
                outbox.ask(|answers| &mut answers.saga_map, question);
            }
            SagaPage::Durations => {
                let question = AskSagaDurations {
                    at,
                    by: self.filter.by.clone(),
                    moments: over_time::stretches(model, STRETCHES).unwrap_or_default(),
                };
                outbox.ask(|answers| &mut answers.saga_durations, question);
            }
            SagaPage::Beside => {
                let firsts = self.beside.after(self.chosen);
                let question = AskSagasBeside { at, firsts };
                outbox.ask(|answers| &mut answers.sagas_beside, question);
            }
            SagaPage::Timeline | SagaPage::Sequence | SagaPage::Stored => {}
        }
    }

    /// Looks after the files of definitions, which any editor may change.
    pub(super) fn look(&mut self, ui: &Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        if ui.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
            self.looks += 1;
        }
        let seconds = model.now.micros() / 2_000_000;
        let question = AskSagaDefinitions {
            subject: session.subject(),
            workspace: model.workspace.clone(),
            look: self.looks.wrapping_add(seconds.unsigned_abs()),
        };
        outbox.ask(|answers| &mut answers.saga_definitions, question);
        ui.ctx().request_repaint_after(LOOK);
    }

    /// The definition that is gone by; none where it is none for this store.
    pub(super) fn definition(&mut self, model: &Model, log: &Log) -> Option<Arc<Definition>> {
        let name = model.store.saga_definition.as_ref();
        let is_it = |(own, _): &(String, Arc<Definition>)| Some(own) == name;
        let before = self.declared.take().filter(is_it);
        let all = model.answers.saga_definitions.get();
        let found = all.and_then(|all| all.iter().find(|own| Some(&own.name) == name));
        let found = found.and_then(|own| {
            let definition = own.definition.as_ref().ok()?;
            Some((own.name.clone(), Arc::clone(definition)))
        });
        self.declared = found.or(before).filter(|(_, own)| own.suits(log));
        let (_, own) = self.declared.as_ref()?;
        Some(Arc::clone(own))
    }

    /// Whether a definition was chosen of which nobody knows yet what it says.
    fn is_unread(&self, model: &Model) -> bool {
        let unread = model.answers.saga_definitions.get().is_none();
        unread && self.declared.is_none() && model.store.saga_definition.is_some()
    }
}
