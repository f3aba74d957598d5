//! The Audit view: what is wrong with the store as of the cursor. Findings by severity or by rule at the
//! left; the chosen one at the right, with what it means, what to do, the events that prove it, and the
//! schema of the type that it is about. What is wrong is `analysis::audit`'s to say.

mod finding;
mod list;
mod matrix;

use egui::{CentralPanel, ScrollArea, Ui};
use serde::{Deserialize, Serialize};

use crate::analysis::audit::{AuditReport, Finding, Severity};
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{Button, EmptyState, PaneHead, Pill, Segments, Side, SidePane};
use crate::gui::words;
use crate::log::Log;
use crate::render::{self, Shell};
use crate::worker::{AskAudit, Exports, FoundAudit};

/// Room for the findings, where nobody made another.
const LIST: f32 = 420.0;

/// How findings are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Grouped {
    /// The worst first.
    #[default]
    Severity,
    /// By the name of the rule.
    Rule,
}

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    /// The width of the list.
    list: Option<f32>,
    /// Rules that are left out, by their names.
    muted: Vec<String>,
    grouped: Grouped,
}

/// The finding that is looked at: its rule, and which of the rule's findings it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chosen {
    rule: &'static str,
    nth: usize,
}

/// The Audit view.
pub(in crate::gui) struct Audit {
    chosen: Option<Chosen>,
    kept: Kept<Choices>,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            chosen: None,
            kept: Kept::new("audit"),
        }
    }
}

impl Screen for Audit {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        let _ = self.kept.begin(model);
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, ui.tokens().panel);
        let slot = &model.answers.audit;
        let standing = Standing::of(ui, slot);
        let found = slot.known().map(|(_, found)| found);
        let mut width = self.kept.value.list;
        let pane = SidePane::new("findings", Side::Left, &mut width, LIST);
        pane.range(260.0, (all.width() - 320.0).max(260.0))
            .show(ui, |ui| self.findings(ui, found, &standing, outbox));
        self.kept.value.list = width;
        CentralPanel::no_frame().show(ui, |ui| self.detail(ui, model, session, found, outbox));
        if !session.log.is_empty() && session.log.is_complete() {
            let question = AskAudit {
                subject: session.subject(),
                cut: *model.cursor.cut(),
                muted: self.kept.value.muted.clone(),
            };
            outbox.ask(|answers| &mut answers.audit, question);
        }
        self.kept.end(ui, outbox);
    }

    fn exports(&self, _model: &Model) -> Result<(Exports, String), &'static str> {
        Err("Copy the audit from its head; asof audit writes it as JSON, Markdown and SARIF")
    }

    fn address(&self, _model: &Model, _log: &Log) -> Shell {
        Shell::new("audit")
    }
}

impl Audit {
    fn findings(
        &mut self,
        ui: &mut Ui,
        found: Option<&FoundAudit>,
        standing: &Standing,
        outbox: &mut Outbox,
    ) {
        let sentence = match standing {
            Standing::Late => "not yet as of the cursor…",
            _ => "as of cursor",
        };
        PaneHead::new("Findings")
            .secondary(sentence)
            .show(ui, |ui| {
                if let Some(found) = found {
                    let copy = Button::ghost("Copy")
                        .icon(Icon::Copy)
                        .small()
                        .name("Copy the audit");
                    if ui.add(copy).clicked() {
                        let zone = crate::model::time::Zone::Utc;
                        let moment = found
                            .report
                            .as_of
                            .say(zone)
                            .unwrap_or_else(|| "the head".to_owned());
                        let text =
                            render::audit_markdown(&found.report, "this store", &moment, zone);
                        outbox.send(Command::Copy(text));
                    }
                }
                Segments::new("Findings by", &mut self.kept.value.grouped)
                    .option(Grouped::Severity, "Severity")
                    .option(Grouped::Rule, "Rule")
                    .show(ui);
            });
        standing.tell(ui, "The audit", outbox);
        let Some(found) = found else {
            EmptyState::new(Icon::Audit, "The store is being audited").show(ui);
            return;
        };
        standing.fade(ui);
        summary(ui, found);
        if found.report.findings.is_empty() {
            EmptyState::new(Icon::Check, "Nothing to report as of the cursor").show(ui);
            return;
        }
        let grouped = self.kept.value.grouped;
        ScrollArea::vertical().id_salt("findings").show(ui, |ui| {
            if let Some(chosen) = list::show(ui, &found.report, grouped, self.chosen(&found.report))
            {
                self.chosen = Some(chosen);
            }
            self.muted(ui, outbox);
        });
    }

    /// The finding that is looked at: the chosen one, or the worst.
    fn chosen<'f>(&self, report: &'f AuditReport) -> Option<&'f Finding> {
        let chosen = self.chosen.as_ref().and_then(|chosen| {
            let mut same = report
                .findings
                .iter()
                .filter(|found| found.rule == chosen.rule);
            same.nth(chosen.nth)
        });
        chosen.or_else(|| report.findings.first())
    }

    /// The rules that are left out, with a way to hear them again.
    fn muted(&mut self, ui: &mut Ui, _outbox: &mut Outbox) {
        let muted = &mut self.kept.value.muted;
        if muted.is_empty() {
            return;
        }
        list::group(ui, "Muted", muted.len());
        let mut again = None;
        for (at, name) in muted.iter().enumerate() {
            ui.horizontal(|ui| {
                ui.add_space(sizes::PAD_TEXT);
                ui.label(Face::Code.text(name, ui.tokens().text2));
                let button = format!("Hear {name} again");
                if ui
                    .add(Button::ghost("Unmute").small().name(&button))
                    .clicked()
                {
                    again = Some(at);
                }
            });
        }
        if let Some(at) = again {
            muted.remove(at);
        }
    }

    fn detail(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        found: Option<&FoundAudit>,
        outbox: &mut Outbox,
    ) {
        let Some(found) = found else {
            let sentence = match session.log.is_empty() {
                true => "This store holds no events",
                false => "",
            };
            EmptyState::new(Icon::Audit, sentence).show(ui);
            return;
        };
        let Some(chosen) = self.chosen(&found.report) else {
            EmptyState::new(Icon::Check, "Nothing to report").show(ui);
            return;
        };
        let mut mute = None;
        ScrollArea::vertical().id_salt("finding").show(ui, |ui| {
            mute = finding::show(ui, model, &session.log, chosen, outbox);
            matrix::show(ui, &found.schemas, chosen, model.zone(), outbox);
        });
        if let Some(rule) = mute {
            self.kept.value.muted.push(rule.to_owned());
        }
    }
}

fn summary(ui: &mut Ui, found: &FoundAudit) {
    let counts = found.report.counts;
    let inner = egui::Margin::symmetric(sizes::PAD_TEXT as i8, 8);
    egui::Frame::NONE.inner_margin(inner).show(ui, |ui| {
        ui.horizontal(|ui| {
            let all = [
                (
                    Tone::Error,
                    words::counted(counts.error, "error", "errors"),
                    counts.error,
                ),
                (
                    Tone::Warning,
                    words::counted(counts.warning, "warning", "warnings"),
                    counts.warning,
                ),
                (
                    Tone::Info,
                    words::counted(counts.info, "note", "notes"),
                    counts.info,
                ),
            ];
            for (tone, word, count) in &all {
                if *count > 0 {
                    ui.add(Pill::word(*tone, word));
                }
            }
            let took = format!("audited by {} rules", found.report.rules);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let label = ui.label(Face::Secondary.text(took, ui.tokens().text2));
                label.on_hover_text(format!("It took {:.1} s", found.took_ms as f64 / 1000.0));
            });
        });
    });
}

/// The colour and the picture of a severity.
fn mark(ui: &Ui, severity: Severity) -> (egui::Color32, Icon) {
    let t = ui.tokens();
    match severity {
        Severity::Error => (t.error, Icon::Error),
        Severity::Warning => (t.warning, Icon::Warning),
        Severity::Info => (t.info, Icon::Info),
    }
}
