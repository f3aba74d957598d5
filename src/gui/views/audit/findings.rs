//! The page of findings: by severity or by rule at the left; the chosen one at the right, with what it
//! means, what to do, the events that prove it, and the schema of the type that it is about.

use egui::{CentralPanel, ScrollArea, Ui};

use super::schema::matrix;
use super::{Audit, Chosen, Grouped, finding, list};
use crate::analysis::audit::{AuditReport, Finding};
use crate::analysis::overview::FileFacts;
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, Session};
use crate::gui::theme::{Face, Icon, TokensExt, Tone, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Button, EmptyState, PaneHead, Pill, Segments, Side, SidePane};
use crate::gui::words;
use crate::model::time::Zone;
use crate::render;
use crate::worker::FoundAudit;

/// Room for the findings, where nobody made another.
const LIST: f32 = 420.0;

impl Audit {
    pub(super) fn findings(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        (found, standing): (Option<&FoundAudit>, &Standing),
        outbox: &mut Outbox,
    ) {
        let mut width = self.kept.value.list;
        let room = ui.max_rect().width();
        let pane = SidePane::new("findings", Side::Left, &mut width, LIST);
        pane.range(260.0, (room - 320.0).max(260.0))
            .show(ui, |ui| self.list(ui, model, found, standing, outbox));
        self.kept.value.list = width;
        CentralPanel::no_frame().show(ui, |ui| self.detail(ui, model, session, found, outbox));
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        model: &Model,
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
                        let text = super::markdown(&found.report, "this store", Zone::Utc);
                        outbox.send(Command::Copy(text));
                    }
                }
                Segments::new("Findings by", &mut self.kept.value.grouped)
                    .option(Grouped::Severity, "Severity")
                    .option(Grouped::Rule, "Rule")
                    .show(ui);
            });
        let Some(found) = found else {
            EmptyState::new(Icon::Audit, "The store is being audited").show(ui);
            return;
        };
        standing.fade(ui);
        summary(ui, found);
        let muted = &model.store.muted[..];
        mute_chip(ui, muted, outbox);
        let grouped = self.kept.value.grouped;
        if found.report.findings.is_empty() {
            EmptyState::new(Icon::Check, "Nothing to report as of the cursor").show(ui);
        }
        ScrollArea::vertical().id_salt("findings").show(ui, |ui| {
            if let Some(chosen) = list::show(ui, &found.report, grouped, self.chosen(&found.report))
            {
                self.chosen = Some(chosen);
            }
            still_muted(ui, muted, outbox);
        });
    }

    /// The finding that is looked at: the chosen one, or the worst.
    pub(super) fn chosen<'f>(&self, report: &'f AuditReport) -> Option<&'f Finding> {
        let chosen = self.chosen.as_ref().and_then(|chosen: &Chosen| {
            let mut same = report
                .findings
                .iter()
                .filter(|found| found.rule == chosen.rule);
            same.nth(chosen.nth)
        });
        chosen.or_else(|| report.findings.first())
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
        let mut deeper = None;
        ScrollArea::vertical().id_salt("finding").show(ui, |ui| {
            mute = finding::show(ui, model, &session.log, chosen, outbox);
            deeper = matrix::of_finding(ui, &found.schemas, chosen, model.zone(), outbox);
        });
        if let Some(rule) = mute {
            let mut muted = model.store.muted.clone();
            muted.push(rule.to_owned());
            outbox.send(Command::MuteRules(muted));
        }
        if let Some(name) = deeper {
            self.schema.choose(&name);
            self.kept.value.page = super::Page::Schema;
        }
    }
}

fn summary(ui: &mut Ui, found: &FoundAudit) {
    let counts = found.report.counts;
    let inner = egui::Margin::symmetric(sizes::PAD_TEXT as i8, 8);
    egui::Frame::NONE.inner_margin(inner).show(ui, |ui| {
        ui.horizontal(|ui| {
            let all = [
                (Tone::Error, counts.error, "error", "errors"),
                (Tone::Warning, counts.warning, "warning", "warnings"),
                (Tone::Info, counts.info, "note", "notes"),
            ];
            for (tone, count, one, several) in all {
                if count > 0 {
                    ui.add(Pill::word(tone, &words::counted(count, one, several)));
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

/// What nobody hears of must not look as if it were not there: how many rules are left out of this store's
/// audit, and a way to hear them again.
fn mute_chip(ui: &mut Ui, muted: &[String], outbox: &mut Outbox) {
    if muted.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        ui.add_space(sizes::PAD_TEXT);
        let rules = words::counted(muted.len(), "rule muted", "rules muted");
        let pill = ui.add(Pill::word(Tone::Warning, &rules));
        pill.on_hover_text(format!("In this store: {}", muted.join(", ")));
        let (word, name) = match muted {
            [_] => ("Unmute", "Hear the muted rule again"),
            _ => ("Unmute all", "Hear all muted rules again"),
        };
        if ui.add(Button::ghost(word).small().name(name)).clicked() {
            outbox.send(Command::MuteRules(Vec::new()));
        }
    });
    ui.add_space(sizes::GAP);
}

/// The rules that are left out, each with a way to hear it again.
fn still_muted(ui: &mut Ui, muted: &[String], outbox: &mut Outbox) {
    if muted.is_empty() {
        return;
    }
    list::group(ui, "Muted", muted.len());
    for name in muted {
        ui.horizontal(|ui| {
            ui.add_space(sizes::PAD_TEXT);
            ui.label(Face::Code.text(name, ui.tokens().text2));
            let button = format!("Hear {name} again");
            let button = Button::ghost("Unmute").small().name(&button);
            if ui.add(button).clicked() {
                let others = muted.iter().filter(|own| *own != name).cloned();
                outbox.send(Command::MuteRules(others.collect()));
            }
        });
    }
}

impl super::Format {
    /// The audit in this form, as the command line writes it.
    pub(super) fn write(
        self,
        report: &AuditReport,
        (store, files): (&str, &[FileFacts]),
        zone: Zone,
    ) -> String {
        match self {
            Self::Markdown => super::markdown(report, store, zone),
            Self::Json => json(report),
            Self::Sarif => json(&render::sarif(report, store, files)),
        }
    }
}

/// Reports hold nothing that JSON cannot say.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    let mut bytes = Vec::new();
    let written = render::json(value, &mut bytes);
    let text = written.ok().and_then(|()| String::from_utf8(bytes).ok());
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;
    use crate::analysis::audit::Counts;
    use crate::analysis::compaction::CompactionReport;
    use crate::log::{Bound, Clock, Log};

    #[test]
    fn an_audit_is_written_in_each_form() {
        let log = Log::default();
        let report = AuditReport {
            as_of: log.cut(Clock::Recorded, Bound::Head).as_of(&log),
            events: 0,
            rules: 30,
            findings: Vec::new(),
            counts: Counts::default(),
            storage: CompactionReport::default(),
        };
        let text = |format: Format| format.write(&report, ("orders.db", &[]), Zone::Utc);
        assert!(text(Format::Markdown).starts_with("# Audit of orders.db"));
        for (format, key) in [(Format::Json, "findings"), (Format::Sarif, "runs")] {
            let value: serde_json::Value = serde_json::from_str(&text(format)).unwrap();
            assert!(value[key].is_array());
        }
    }
}
