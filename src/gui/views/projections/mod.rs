//! The Projections view: definitions that are written here or elsewhere, run in the background, and
//! what they hold as of the cursor. What a projection is and means is `analysis::projection`'s to say;
//! the runs live on the worker.

mod answer;
mod compare;
mod dead;
mod definition;
mod emitted;
mod form;
mod measure;
mod page;
mod pages;
mod read_model;
mod results;
mod running;
mod seen;
mod shelf;
mod sides;
mod step;
mod table_choice;
mod twice;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use egui::{CentralPanel, Key, Modifiers, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::projection::{OnError, ScriptError, SnapshotStrategy};
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::TokensExt;
use crate::gui::views::{Form, Screen, Text};
use crate::gui::widgets::{Side, SidePane};
use crate::log::Log;
use crate::render::Shell;
use crate::worker::{
    AskDefinitions, AskProjected, Exports, Going, PartitionsWanted, Projected, ProjectionSettings,
    Written,
};
use shelf::{Origin, Shelf};

/// Room for the definition, where nobody made another.
const EDITOR: f32 = 540.0;

/// The same as a part of a wide window.
const PART: f32 = 0.38;

/// Between two looks at the folder of definitions.
const LOOK: Duration = Duration::from_secs(1);

/// While it is not known what definitions there are.
const READING: &str = "Reading the definitions";

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    /// The definition in front.
    front: String,
    /// What was written and not saved, by the definition's name.
    drafts: BTreeMap<String, String>,
    /// The width of the editor and the height of the steps.
    editor: Option<f32>,
    steps: Option<f32>,
    /// How often a handler is tried again; none where the run stops.
    retries: Option<u32>,
    stops: bool,
    strategy: Option<SnapshotStrategy>,
}

/// What is shown of a projection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    /// What it holds, and the steps of a partition.
    #[default]
    Results,
    /// Two definitions.
    Compare,
    /// Faulty delivery.
    Twice,
    /// Events that handlers failed on.
    Dead,
    /// A table that should hold the same.
    ReadModel,
    /// What handlers say.
    Emitted,
    /// What keeping states costs.
    Snapshots,
}

/// The Projections view.
pub(in crate::gui) struct Projections {
    shelf: Shelf,
    page: Page,
    /// The definition that the pages are about.
    about: String,
    going: Going,
    /// Whether one was to be run before there were any.
    waits: bool,
    seen: seen::Seen,
    settings: ProjectionSettings,
    wanted: PartitionsWanted,
    /// Counts the looks at the folder.
    looks: u64,
    editing: definition::Editing,
    results: results::Results,
    step: step::Step,
    compare: compare::Compare,
    twice: twice::Twice,
    dead: dead::Dead,
    read_model: read_model::Table,
    emitted: emitted::Emitted,
    measure: measure::Measure,
    kept: Kept<Choices>,
}

impl Default for Projections {
    fn default() -> Self {
        Self {
            shelf: Shelf::default(),
            page: Page::default(),
            about: String::new(),
            going: Going::default(),
            waits: false,
            seen: seen::Seen::default(),
            settings: ProjectionSettings::default(),
            wanted: PartitionsWanted::default(),
            looks: 0,
            editing: definition::Editing::default(),
            results: results::Results::default(),
            step: step::Step::default(),
            compare: compare::Compare::default(),
            twice: twice::Twice::default(),
            dead: dead::Dead::default(),
            read_model: read_model::Table::default(),
            emitted: emitted::Emitted::default(),
            measure: measure::Measure::default(),
            kept: Kept::new("projections"),
        }
    }
}

impl Screen for Projections {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        self.begin(ui, model, session, outbox);
        let keys = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
        self.waits |= keys(Key::Enter);
        if self.waits && self.shelf.has_begun() {
            self.waits = false;
            self.run(outbox);
        }
        if keys(Key::S) && model.workspace.folder().is_some() {
            self.save(outbox);
        }
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, ui.tokens().panel);
        let mut width = self.kept.value.editor;
        let usual = EDITOR.max(all.width() * PART);
        let pane = SidePane::new("definition", Side::Left, &mut width, usual);
        pane.range(280.0, all.width() - 320.0)
            .show(ui, |ui| self.definition(ui, model, session, outbox));
        self.kept.value.editor = width;
        CentralPanel::no_frame().show(ui, |ui| self.pages(ui, model, session, outbox));
        self.ask(session, model, outbox);
        self.keep();
        self.kept.end(ui, outbox);
    }

    fn reordered(&mut self, moved: &Reordered) {
        self.seen.reordered(moved);
        self.step.reordered();
        self.dead.reordered(moved);
        self.read_model.reordered(moved);
    }

    fn answer(&self, model: &Model, form: Form) -> Option<Text> {
        Some(self.known(model, form))
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let ran = self.ran().cloned();
        let written = ran.ok_or("Run a projection to export its results")?;
        let stem = super::stem(model);
        Ok((
            Exports::Projection(written, self.settings),
            format!("{stem}-results"),
        ))
    }

    fn address(&self, model: &Model, _log: &Log) -> Shell {
        let Some(sheet) = self.shelf.sheet() else {
            return Shell::new("info");
        };
        let folder = match sheet.origin {
            Origin::Bundled => Some("sample-data/projections".into()),
            Origin::Own | Origin::New => model.workspace.projections_folder(),
        };
        let file = folder.unwrap_or_default().join(&sheet.name);
        Shell::new("project").word(file.display())
    }
}

impl Projections {
    /// Takes up what was kept, and what definitions there are by now.
    fn begin(&mut self, ui: &Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        if let Some(kept) = self.kept.begin(model) {
            self.settings = ProjectionSettings {
                on_error: match (kept.stops, kept.retries) {
                    (true, _) => OnError::Stop,
                    (false, Some(times)) => OnError::Retry(times),
                    (false, None) => OnError::Skip,
                },
                strategy: kept.strategy,
            };
        }
        if !can_run(session) {
            return;
        }
        if ui.input(|input| input.events.contains(&egui::Event::WindowFocused(true))) {
            self.looks += 1;
        }
        let seconds = model.now.micros() / 1_000_000;
        let question = AskDefinitions {
            subject: session.subject(),
            workspace: model.workspace.clone(),
            look: self.looks.wrapping_add(seconds.unsigned_abs()),
        };
        outbox.ask(|answers| &mut answers.definitions, question);
        ui.ctx().request_repaint_after(LOOK);
        if let Some(found) = model.answers.definitions.get() {
            let Choices { front, drafts, .. } = &self.kept.value;
            self.shelf.take(found, (front, drafts));
        }
    }

    fn keep(&mut self) {
        let kept = &mut self.kept.value;
        if let Some(sheet) = self.shelf.sheet() {
            kept.front.clone_from(&sheet.name);
        }
        // Drafts of what suits other stores stay.
        let is_open = |name: &str| self.shelf.sheets.iter().any(|sheet| sheet.name == name);
        kept.drafts.retain(|name, _| !is_open(name));
        kept.drafts.extend(self.shelf.drafts());
        let ProjectionSettings { on_error, strategy } = self.settings;
        kept.stops = on_error == OnError::Stop;
        kept.retries = match on_error {
            OnError::Retry(times) => Some(times),
            OnError::Stop | OnError::Skip => None,
        };
        kept.strategy = strategy;
    }

    fn save(&mut self, outbox: &mut Outbox) {
        self.shelf.save(outbox);
        self.looks += 1;
    }

    fn run(&mut self, outbox: &mut Outbox) {
        let Some(sheet) = self.shelf.sheet_mut() else {
            return;
        };
        let written = sheet.written();
        // What was called off or has failed before is asked again.
        outbox.send(Command::Again);
        sheet.ran = Some(written);
        self.going = Going::On;
        self.seen.renew();
    }

    fn ran(&self) -> Option<&Written> {
        self.shelf.sheet()?.ran.as_ref()
    }

    /// What came of the definition that was run, perhaps as of an earlier cursor.
    fn told<'m>(&self, model: &'m Model) -> Option<&'m Result<Arc<Projected>, ScriptError>> {
        let (asked, told) = model.answers.projected.known()?;
        // Of a log that has grown since, what is known serves until there is more.
        let session = model.session.as_ref()?;
        let is_same = asked.subject.session == session.asked_as()
            && asked.subject.log.generation() == session.log.generation();
        (is_same && self.ran() == Some(&asked.written)).then_some(told)
    }

    fn question(&mut self, session: &Session, model: &Model) -> Option<AskProjected> {
        let written = self.ran()?.clone();
        let cut = self.seen.cut(model, &session.log);
        can_run(session).then(|| AskProjected {
            subject: session.subject(),
            cut,
            written,
            settings: self.settings,
            consumer: self.seen.consumer(),
            going: self.going,
            wanted: self.wanted.clone(),
        })
    }

    fn ask(&mut self, session: &Session, model: &Model, outbox: &mut Outbox) {
        if let Some(question) = self.question(session, model) {
            outbox.ask(|answers| &mut answers.projected, question);
        }
    }
}

/// Whether a projection can be run: it would begin anew with each part of the index.
fn can_run(session: &Session) -> bool {
    !session.log.is_empty() && (session.log.is_complete() || session.cut_short.is_some())
}
