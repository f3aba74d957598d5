//! What the view offers by name, and what is copied of the saga that is looked at.

use std::path::PathBuf;

use super::filters::{self, Said};
use super::{Sagas, sequence};
use crate::analysis::saga::Status;
use crate::gui::command::{Command, Offer, Outbox, SagaAct};
use crate::gui::model::{Model, SagaPage};
use crate::gui::views::{Form, Text};
use crate::render::{self, grouped};
use crate::worker::{SagaInFull, SagaList, Unanswered};

impl Sagas {
    /// Whether a single saga is shown, over time or as a diagram.
    pub(super) const fn shows_one(&self) -> bool {
        matches!(self.shown, SagaPage::Timeline | SagaPage::Sequence)
    }

    /// What can be done now: nothing is offered of which there is nothing.
    pub(super) fn all_offers(&self, model: &Model) -> Vec<Offer> {
        let mut offers = Vec::new();
        let mut add = |title: &str, command: Command| offers.push(Offer::new(title, command));
        let copy = Command::InSagas(SagaAct::CopyMermaid);
        let is_drawn = saga(model).is_some() && self.shows_one();
        if is_drawn {
            add("Copy Mermaid of the sequence diagram", copy);
            add("Export the sequence diagram as SVG", Command::Export);
        } else if self.shown == SagaPage::Map && model.answers.saga_map.get().is_some() {
            add("Copy Mermaid of the process map", copy);
            add("Export the process map as Mermaid", Command::Export);
        }
        if self.mined(model).is_some() {
            let write = Command::InSagas(SagaAct::WriteDefinition);
            add("Write a saga definition from what was mined", write);
        }
        if let Some(file) = self.file(model) {
            let path = file.display().to_string();
            add("Copy the path of the saga definition", Command::Copy(path));
        }
        let counts = model.answers.sagas.get().map(|list| list.counts);
        let counts = Status::ALL.into_iter().zip(counts.unwrap_or_default());
        for (status, count) in counts.filter(|(_, count)| *count > 0) {
            let list = Command::InSagas(SagaAct::List(Some(status)));
            let title = format!("List {} sagas only", status.name());
            offers.push(Offer::new(title, list).note(grouped(u64::from(count))));
        }
        if !self.filter.by.statuses.is_empty() {
            let list = Command::InSagas(SagaAct::List(None));
            offers.push(Offer::new("List sagas of every status", list));
        }
        offers
    }

    pub(super) fn carry_out(&mut self, act: SagaAct, model: &Model, outbox: &mut Outbox) {
        match act {
            SagaAct::List(status) => {
                self.filter.by.statuses = status.into_iter().collect();
                self.list.begin_anew();
            }
            SagaAct::CopyMermaid => {
                if let Some(text) = self.mermaid(model) {
                    outbox.send(Command::Copy(text));
                }
            }
            // Within a frame, so that what is written is gone by until its file is read.
            SagaAct::WriteDefinition => self.write = Some(()),
        }
    }

    /// What is shown as text that Mermaid draws.
    fn mermaid(&self, model: &Model) -> Option<String> {
        if self.shown == SagaPage::Map {
            let (answer, log) = model.answers.saga_map.get().zip(model.log())?;
            return Some(render::map_mermaid(&answer.map, log));
        }
        let saga = saga(model).filter(|_| self.shows_one())?;
        let around = sequence::around(model, saga);
        Some(render::mermaid(&saga.sequence, &around))
    }

    /// What was mined and can be written down: nothing where a definition is gone by.
    pub(super) fn mined<'a>(&self, model: &'a Model) -> Option<&'a SagaList> {
        let list = model.answers.sagas.get();
        list.filter(|list| self.declared.is_none() && !list.judged.processes.all.is_empty())
    }

    /// Writes down what was mined, of the process that is chosen or the most frequent one.
    pub(super) fn write_definition(&mut self, model: &Model, outbox: &mut Outbox) {
        let Some(mined) = self.mined(model) else {
            return;
        };
        let mut said = Said {
            filter: &mut self.filter,
            kept: &mut self.kept.value,
            by: None,
            declared: &mut self.declared,
        };
        filters::write(mined, &mut said, outbox);
        self.looks += 1;
    }

    /// The user's own file of the definition that is gone by; none of one that comes with the program.
    pub(super) fn file(&self, model: &Model) -> Option<PathBuf> {
        let (name, _) = self.declared.as_ref()?;
        filters::file(model, name)
    }

    /// What is known of the saga that is looked at, in the words of the terminal.
    pub(super) fn known(&self, model: &Model, form: Form) -> Text {
        let slot = &model.answers.saga;
        let (Some(first), Some(log)) = (self.chosen, model.log()) else {
            return Text::Failed("Choose a saga to copy what is known of it".to_owned());
        };
        let asked = slot
            .asked()
            .filter(|asked| asked.first == first && asked.at.cut.bound() == model.cursor.bound());
        let found = match (asked, slot.current(), slot.unanswered()) {
            (Some(_), Some(found), _) => found.as_ref(),
            (Some(_), None, Some(Unanswered::Cancelled)) => {
                return Text::Failed("Copying was called off".to_owned());
            }
            (Some(_), None, Some(Unanswered::Failed(sentence))) => {
                return Text::Failed(sentence.clone());
            }
            _ => return Text::Coming,
        };
        let Some(saga) = found.map(|saga| &saga.report) else {
            return Text::Failed("The chosen saga has not begun at the cursor".to_owned());
        };
        let (moment, zone, origin) = (model.moment(), model.zone(), model.origin());
        Text::There(match form {
            Form::Plain => {
                let text = render::saga_answer(saga, &moment, zone);
                format!("{text}{}.", origin.join(". "))
            }
            Form::Markdown => {
                let text = render::saga_markdown(saga, (&moment, log), zone);
                let lines = origin.iter().map(|line| {
                    let line = crate::analysis::replay::escape(line);
                    format!("\n{line}.\n")
                });
                text + &lines.collect::<String>()
            }
        })
    }
}

/// The saga that is looked at.
fn saga(model: &Model) -> Option<&SagaInFull> {
    model.answers.saga.get().and_then(Option::as_ref)
}
