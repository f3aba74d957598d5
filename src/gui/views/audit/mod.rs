//! The Audit view: what is wrong with the store as of the cursor, and as further pages what lies under
//! that: the schemas of events, causes with clocks and conflicts, what a dedup window would have caught, what
//! compaction would keep, and how to choose. What is wrong is `analysis::audit`'s to say.

mod advisor;
mod causality;
mod cells;
mod finding;
mod findings;
mod idempotency;
mod list;
mod schema;
mod storage;

use egui::{Align, CentralPanel, Frame, Label, Layout, Panel, Popup, Ui, UiBuilder};
use serde::{Deserialize, Serialize};

use crate::analysis::audit::{AuditReport, Severity};
use crate::analysis::compaction::CompactBy;
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{Model, Reordered, Session};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{Button, EmptyState, IconButton, Segments, menu_content, menu_item};
use crate::log::Log;
use crate::model::time::Zone;
use crate::render::{self, Shell};
use crate::worker::{AskAudit, Exports, FoundAudit, TextFile};

/// What the view shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Page {
    #[default]
    Findings,
    Schema,
    Causality,
    Idempotency,
    Storage,
    Advisor,
}

impl Page {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Findings, "Findings"),
        (Self::Schema, "Schema"),
        (Self::Causality, "Causality"),
        (Self::Idempotency, "Idempotency"),
        (Self::Storage, "Storage"),
        (Self::Advisor, "How to choose"),
    ];
}

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

/// The form of an exported audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Markdown,
    Json,
    Sarif,
}

impl Format {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Markdown, "Markdown", "md"),
        (Self::Json, "JSON", "json"),
        (Self::Sarif, "SARIF", "sarif"),
    ];

    fn ending(self) -> &'static str {
        let own = Self::ALL.into_iter().find(|(format, ..)| *format == self);
        own.map_or("md", |(_, _, ending)| ending)
    }
}

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    page: Page,
    /// The width of the list.
    list: Option<f32>,
    grouped: Grouped,
    /// The key of the log compaction that is looked at.
    compact_by: CompactBy,
}

/// Width of the bar from which on its button has a word, in points: below it the pages need the room.
const WORDS_FROM: f32 = 660.0;

/// The finding that is looked at: its rule, and which of the rule's findings it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Chosen {
    rule: &'static str,
    nth: usize,
}

/// The Audit view.
pub(in crate::gui) struct Audit {
    chosen: Option<Chosen>,
    format: Format,
    schema: schema::Schema,
    causality: causality::Causality,
    idempotency: idempotency::Idempotency,
    storage: storage::Storage,
    advisor: advisor::Advisor,
    kept: Kept<Choices>,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            chosen: None,
            format: Format::default(),
            schema: schema::Schema::default(),
            causality: causality::Causality::default(),
            idempotency: idempotency::Idempotency::default(),
            storage: storage::Storage::default(),
            advisor: advisor::Advisor::default(),
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
        let bar = Panel::top("audit-bar").exact_size(sizes::FILTER_BAR);
        let bar = bar.show_separator_line(false).frame(Frame::NONE);
        let standing = Standing::of(ui, &model.answers.audit);
        bar.resizable(false)
            .show(ui, |ui| self.bar(ui, model, &standing, outbox));
        CentralPanel::no_frame().show(ui, |ui| {
            standing.tell(ui, "The audit", outbox);
            self.page(ui, model, session, &standing, outbox);
        });
        if !session.log.is_empty() && session.log.is_complete() {
            let question = AskAudit {
                subject: session.unmasked(),
                shown: session.subject(),
                cut: *model.cursor.cut(),
                muted: model.store.muted.clone(),
                compact_by: self.kept.value.compact_by.clone(),
            };
            outbox.ask(|answers| &mut answers.audit, question);
        }
        self.kept.end(ui, outbox);
    }

    fn reordered(&mut self, moved: &Reordered) {
        self.causality.reordered(moved);
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let late = "Not yet as of the cursor; export it when it is";
        let stem = super::stem(model);
        let text = |what: &str, ending, text| {
            let what = what.to_owned();
            Exports::Text(TextFile { what, ending, text })
        };
        let store = model
            .session
            .as_ref()
            .map(Session::name)
            .unwrap_or_default();
        match self.kept.value.page {
            Page::Findings | Page::Idempotency | Page::Storage => {
                let found = model.answers.audit.current().ok_or(late)?;
                let session = model.session.as_ref();
                let files = session.map_or(&[][..], |own| &own.opened.files);
                let store = (&*store, files);
                let written = self.format.write(&found.report, store, model.zone());
                let what = text("The audit", self.format.ending(), written);
                Ok((what, format!("{stem}-audit")))
            }
            Page::Schema => {
                let found = model.answers.audit.current().ok_or(late)?;
                let (name, schema) = self
                    .schema
                    .exported(&found.schemas)
                    .ok_or("There is no schema yet")?;
                let what = format!("The schema of {name}");
                let written = text(&what, "json", findings::json(&schema));
                Ok((written, format!("{stem}-schema")))
            }
            Page::Causality => {
                let report = model.answers.trace.current();
                let report = report.ok_or("Select an event to export what led to it")?;
                let moment = moment(&report.as_of, model.zone());
                let written = render::trace(report, &moment, model.zone());
                Ok((text("The trace", "txt", written), format!("{stem}-trace")))
            }
            Page::Advisor => {
                let advice = model.answers.advice.current().ok_or(late)?;
                let moment = moment(&advice.as_of, model.zone());
                let written =
                    render::advice_markdown(advice, self.advisor.answers(), &store, &moment);
                Ok((
                    text("The advice", "md", written),
                    format!("{stem}-how-to-choose"),
                ))
            }
        }
    }

    fn address(&self, model: &Model, log: &Log) -> Shell {
        match self.kept.value.page {
            Page::Schema => Shell::new("schema").option_if("--type", self.schema.chosen()),
            Page::Causality => match self.causality.traced(model, log) {
                Some(word) => Shell::new("trace").word(word),
                None => Shell::new("audit"),
            },
            Page::Storage => {
                let by = &self.kept.value.compact_by;
                let named = (*by != CompactBy::Stream).then(|| by.name());
                Shell::new("audit").option_if("--compact-by", named)
            }
            Page::Findings | Page::Idempotency | Page::Advisor => Shell::new("audit"),
        }
    }
}

impl Audit {
    fn bar(&mut self, ui: &mut Ui, model: &Model, standing: &Standing, outbox: &mut Outbox) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let inner = all.shrink2(egui::vec2(sizes::PAD_TEXT, 0.0));
        let right = UiBuilder::new().id_salt("right").max_rect(inner);
        let right = right.layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(right);
        self.export(&mut right, outbox);
        let left = inner.with_max_x(right.min_rect().min.x - sizes::GAP);
        let left = UiBuilder::new().id_salt("left").max_rect(left);
        let left = left.layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(left);
        let mut pages = Segments::new("Page", &mut self.kept.value.page);
        for (page, word) in Page::ALL {
            pages = pages.option(page, word);
        }
        pages.show(ui);
        let sentence = match (standing, model.answers.audit.get()) {
            (Standing::Late, _) => "not yet as of the cursor…",
            (_, Some(_)) => "as of cursor",
            _ => "",
        };
        let said = ui.add(Label::new(Face::Secondary.text(sentence, t.text2)).truncate());
        said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, sentence));
    }

    /// Writes what the page shows; the audit in one of its forms.
    fn export(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        let page = self.kept.value.page;
        let has_forms = matches!(page, Page::Findings | Page::Idempotency | Page::Storage);
        let button = Button::secondary("Export").icon(Icon::Export).small();
        let button = match (ui.max_rect().width() < WORDS_FROM, has_forms) {
            (true, _) => ui.add(IconButton::new(Icon::Export, "Export").small()),
            (false, true) => ui.add(button.menu()),
            (false, false) => ui.add(button),
        };
        if !has_forms {
            if button.clicked() {
                outbox.send(Command::Export);
            }
            return;
        }
        Popup::menu(&button).show(|ui| {
            menu_content(ui, |ui| {
                for (format, word, _) in Format::ALL {
                    if menu_item(ui, format!("The audit as {word}")).clicked() {
                        self.format = format;
                        outbox.send(Command::Export);
                    }
                }
            });
        });
    }

    fn page(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        session: &Session,
        standing: &Standing,
        outbox: &mut Outbox,
    ) {
        let found = model.answers.audit.get();
        let page = self.kept.value.page;
        if page == Page::Findings {
            self.findings(ui, model, session, (found, standing), outbox);
            return;
        }
        if page == Page::Causality && !session.log.is_empty() {
            let found = (found, standing);
            self.causality.show(ui, model, session, found, outbox);
            return;
        }
        let Some(found) = found else {
            let sentence = match session.log.is_empty() {
                true => "This store holds no events",
                false => "The store is being audited",
            };
            EmptyState::new(Icon::Audit, sentence).show(ui);
            return;
        };
        if page == Page::Advisor {
            self.advisor.show(ui, model, session, outbox);
            return;
        }
        standing.fade(ui);
        match page {
            Page::Schema => self.schema.show(ui, model, session, &found.schemas, outbox),
            Page::Storage => {
                let of = (&*session.log, &found.report.storage);
                let by = &mut self.kept.value.compact_by;
                self.storage.show(ui, model, of, by, outbox);
            }
            _ => {
                let rule = self.idempotency.show(ui, model, found, outbox);
                if let Some(rule) = rule {
                    self.chosen = Some(Chosen { rule, nth: 0 });
                    self.kept.value.page = Page::Findings;
                }
            }
        }
    }
}

/// A moment in a title.
fn moment(as_of: &crate::log::AsOf, zone: Zone) -> String {
    as_of.say(zone).unwrap_or_else(|| "the head".to_owned())
}

fn markdown(report: &AuditReport, store: &str, zone: Zone) -> String {
    render::audit_markdown(report, store, &moment(&report.as_of, zone), zone)
}

/// The rule's finding as of the cursor is there to be looked at.
fn has_finding(found: &FoundAudit, rule: &str) -> bool {
    found.report.findings.iter().any(|own| own.rule == rule)
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
