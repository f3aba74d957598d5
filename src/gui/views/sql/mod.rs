//! The SQL view: a statement, and what it answers as of the cursor, as rows or over time. It is run in
//! the background, again whenever the cursor moves; what SQL sees is `sql`'s to say.

mod examples;
mod plot;
mod results;

use egui::{Align, CentralPanel, Frame, Key, Label, Layout, Margin, Modifiers, Panel, Popup, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::words::capitalised;
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::code::{CodeEditor, Language, Mark, MarkTone};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{
    Button, EmptyState, Notice, PaneHead, Segments, Severity, Side, SidePane, menu_content,
    menu_item,
};
use crate::log::Log;
use crate::render::{Shell, grouped};
use crate::sql::SqlError;
use crate::worker::{AskSql, Exports, Question as _, Told};
use examples::Example;

/// Room for the statement, where nobody made another.
const EDITOR: f32 = 480.0;

/// The same as a part of a wide window.
const PART: f32 = 0.38;

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    /// The statement as it was left.
    statement: String,
    /// The width of the editor.
    editor: Option<f32>,
}

/// How an answer is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Rows,
    OverTime,
}

/// The SQL view.
pub(in crate::gui) struct Sql {
    statement: String,
    /// The one that was run last.
    ran: Option<String>,
    shown: Shown,
    results: results::Results,
    lines: plot::Lines,
    kept: Kept<Choices>,
}

impl Default for Sql {
    fn default() -> Self {
        Self {
            statement: String::new(),
            ran: None,
            shown: Shown::Rows,
            results: results::Results::default(),
            lines: plot::Lines::default(),
            kept: Kept::new("sql"),
        }
    }
}

impl Screen for Sql {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        if let Some(kept) = self.kept.begin(model) {
            self.statement.clone_from(&kept.statement);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter)) {
            self.run(outbox);
        }
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, ui.tokens().panel);
        let mut width = self.kept.value.editor;
        let usual = EDITOR.max(all.width() * PART);
        let pane = SidePane::new("statement", Side::Left, &mut width, usual);
        pane.range(260.0, all.width() - 240.0)
            .show(ui, |ui| self.editor(ui, model, outbox));
        self.kept.value.editor = width;
        CentralPanel::no_frame().show(ui, |ui| self.answer(ui, model, session, outbox));
        if let Some(statement) = &self.ran
            && !session.log.is_empty()
        {
            let question = AskSql {
                subject: session.subject(),
                cut: *model.cursor.cut(),
                statement: statement.clone(),
            };
            outbox.ask(|answers| &mut answers.sql, question);
        }
        self.kept.value.statement.clone_from(&self.statement);
        self.kept.end(ui, outbox);
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let statement = self
            .ran
            .clone()
            .ok_or("Run a statement to export its rows")?;
        let stem = super::stem(model);
        Ok((Exports::Sql(statement), format!("{stem}-rows")))
    }

    fn address(&self, _model: &Model, _log: &Log) -> Shell {
        match &self.ran {
            Some(statement) => Shell::new("sql").word(statement),
            None => Shell::new("info"),
        }
    }
}

impl Sql {
    fn run(&mut self, outbox: &mut Outbox) {
        if self.statement.trim().is_empty() {
            return;
        }
        // The same one again is asked again where it was called off or has failed.
        if self.ran.as_ref() == Some(&self.statement) {
            outbox.send(Command::Again);
        }
        self.ran = Some(self.statement.clone());
    }

    fn take(&mut self, example: &Example, outbox: &mut Outbox) {
        self.statement = example.statement.to_owned();
        self.run(outbox);
    }

    /// What came of the statement that was run last, perhaps as of an earlier cursor.
    fn told<'m>(&self, model: &'m Model) -> Option<&'m Result<Told, SqlError>> {
        let (asked, told) = model.answers.sql.known()?;
        (self.ran.as_ref() == Some(&asked.statement)).then_some(told)
    }

    /// What SQLite says is wrong with the statement, while it stands as it was run.
    fn mistake<'m>(&self, model: &'m Model) -> Option<&'m SqlError> {
        let as_run = self.ran.as_ref() == Some(&self.statement);
        self.told(model).filter(|_| as_run)?.as_ref().err()
    }

    fn editor(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        PaneHead::new("Statement").show(ui, |ui| {
            let button = ui.add(Button::ghost("Examples").small().menu());
            Popup::menu(&button).show(|ui| {
                menu_content(ui, |ui| {
                    for example in &examples::ALL {
                        if menu_item(ui, example.title).clicked() {
                            self.take(example, outbox);
                        }
                    }
                });
            });
        });
        let bar = Panel::bottom("sql-run").exact_size(sizes::FILTER_BAR);
        let bar = bar.resizable(false).frame(Frame::NONE);
        bar.show_separator_line(false)
            .show(ui, |ui| self.bar(ui, model, outbox));
        let place = match self.mistake(model) {
            Some(SqlError::Wrong { place, .. }) => *place,
            _ => None,
        };
        CentralPanel::no_frame().show(ui, |ui| {
            let mark = place.map(|place| Mark {
                line: place.line,
                tone: MarkTone::Error,
                note: String::new(),
            });
            let editor = CodeEditor::new("Statement", &mut self.statement, Language::Sql);
            let editor = editor.hint("select … from events");
            editor.marks(mark.as_slice()).show(ui);
        });
    }

    fn bar(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter()
            .hline(all.x_range(), all.min.y + 0.5, (1.0, t.border));
        let inner = all.shrink2(egui::vec2(sizes::PAD, 0.0));
        let builder = egui::UiBuilder::new().max_rect(inner);
        let builder = builder.layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(builder);
        let label = AskSql::LABEL.unwrap_or_default();
        let running = model.running.iter().find(|running| running.label == label);
        match running.filter(|_| Standing::of(ui, &model.answers.sql) == Standing::Late) {
            Some(running) => {
                if ui
                    .add(Button::secondary("Cancel").icon(Icon::Close))
                    .clicked()
                {
                    outbox.send(Command::Cancel(running.slot));
                }
            }
            None => {
                let can = !self.statement.trim().is_empty();
                let run = Button::primary("Run").icon(Icon::Play);
                if ui.add_enabled(can, run).clicked() {
                    self.run(outbox);
                }
            }
        }
        ui.label(Face::Secondary.text("Ctrl+Enter", t.text3));
    }

    fn answer(&mut self, ui: &mut Ui, model: &Model, session: &Session, outbox: &mut Outbox) {
        let slot = &model.answers.sql;
        let standing = Standing::of(ui, slot);
        let found = self.told(model);
        let told = found.and_then(|told| told.as_ref().ok());
        self.head(ui, told, &standing, outbox);
        standing.tell(ui, "The statement", outbox);
        if self.ran.is_none() {
            if let Some(example) = examples::show(ui) {
                self.take(example, outbox);
            }
            return;
        }
        let Some(told) = told else {
            if let Some(mistake) = self.mistake(model) {
                let sentence = capitalised(&mistake.to_string());
                EmptyState::new(Icon::Error, &sentence).show(ui);
                return;
            }
            let sentence = match (found, &standing) {
                _ if session.log.is_empty() => "This store holds no events",
                (Some(_), _) if self.ran.as_ref() != Some(&self.statement) => {
                    "Not run yet: Ctrl+Enter runs it"
                }
                (Some(_), _) => "It cannot be run",
                (None, Standing::Unanswered(_)) => "",
                (None, _) => "The statement is being run",
            };
            EmptyState::new(Icon::Sql, sentence).show(ui);
            return;
        };
        if told.answer.truncated {
            let rows = grouped(told.answer.rows.len() as u64);
            let sentence = format!("These are the first {rows} rows; an export has all of them");
            let margin = Margin::symmetric(sizes::PAD as i8, 8);
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                Notice::new(Severity::Info, &sentence).show(ui);
            });
        }
        standing.fade(ui);
        if told.answer.rows.is_empty() {
            EmptyState::new(Icon::Sql, "No rows as of the cursor").show(ui);
        } else if self.shown == Shown::OverTime && !told.series.is_empty() {
            let margin = Margin::same(sizes::PAD as i8);
            let lines = &mut self.lines;
            Frame::NONE.inner_margin(margin).show(ui, |ui| {
                lines.show(ui, model, (slot.number(), &told.series));
            });
        } else {
            self.results
                .show(ui, model, (slot.number(), &told.answer), outbox);
        }
    }

    fn head(&mut self, ui: &mut Ui, told: Option<&Told>, standing: &Standing, outbox: &mut Outbox) {
        let sentence = match (standing, told) {
            (Standing::Late, _) => "not yet as of the cursor…".to_owned(),
            (_, Some(told)) => rows(told),
            _ => String::new(),
        };
        let can_plot = told.is_some_and(|told| !told.series.is_empty());
        let shown = &mut self.shown;
        PaneHead::new("Answer").show_with(
            ui,
            |ui| {
                let t = ui.tokens();
                if !sentence.is_empty() {
                    let said = ui.add(Label::new(Face::Secondary.text(&sentence, t.text2)));
                    said.widget_info(|| {
                        egui::WidgetInfo::labeled(egui::Role::Status, true, sentence.as_str())
                    });
                }
                if can_plot {
                    Segments::new("Answer as", shown)
                        .option(Shown::Rows, "Rows")
                        .option(Shown::OverTime, "Over time")
                        .show(ui);
                }
            },
            |ui| {
                let export = Button::secondary("Export").icon(Icon::Export).small();
                if told.is_some() && ui.add(export).clicked() {
                    outbox.send(Command::Export);
                }
            },
        );
    }
}

fn rows(told: &Told) -> String {
    match told.answer.rows.len() {
        1 => "1 row".to_owned(),
        rows => format!("{} rows", grouped(rows as u64)),
    }
}
