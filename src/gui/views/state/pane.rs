//! The middle pane: the state as tree, as JSON or as differences, with what one must know about it.

use egui::{Frame, Label, Margin, Ui};

use super::Choices;
use super::difference::{self, DifferenceView};
use super::fold;
use super::shown::{Of, Parts};
use super::tree::TreeView;
use crate::analysis::replay::{EndedBy, Existence, Notice as Oddity, NoticeKind};
use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, StreamEvents};
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::Standing;
use crate::gui::widgets::{Button, JsonView, Notice, PaneHead, Segments, Severity};
use crate::gui::words;
use crate::log::{Bound, Log, StreamEnd};
use crate::model::json::JsonText;
use crate::model::time::{Zone, relative};
use crate::model::{EventIx, StreamIx, Timestamp};
use crate::render::grouped;
use crate::worker::{AskDifferences, AskStateText, Found, FoundState};

/// How the state is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Tree,
    Json,
    Diff,
}

/// What is asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub log: &'a Log,
    pub stream: StreamIx,
    /// How the answer stands.
    pub standing: &'a Standing,
}

/// The state of a stream.
#[derive(Default)]
pub(super) struct StatePane {
    page: Page,
    stream: Option<StreamIx>,
    tree: TreeView,
    difference: DifferenceView,
    text: Of<JsonText>,
}

impl StatePane {
    /// Goes to what differs.
    pub fn show_difference(&mut self) {
        self.page = Page::Diff;
    }

    /// Begins with the widths that were kept.
    pub fn take_up(&mut self, kept: &Choices) {
        self.tree.set_widths(kept.fields.clone());
        self.difference.set_widths(kept.differences.clone());
    }

    /// Notes the widths, to be kept.
    pub fn keep(&self, kept: &mut Choices) {
        kept.fields.clone_from(self.tree.widths());
        kept.differences.clone_from(self.difference.widths());
    }

    /// Asks for what the page shows of a state, and how far that is.
    pub fn ask(&self, ui: &Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) -> Parts {
        if found.at.existence != Existence::Exists {
            return Parts::There;
        }
        let (answers, of) = (&model.answers, found.clone());
        match self.page {
            Page::Tree => {
                self.tree.ask(found, outbox);
                Parts::of(ui, &answers.fields, |fields| fields.found == of)
            }
            Page::Json => {
                let question = AskStateText {
                    found: found.clone(),
                };
                outbox.ask(|answers| &mut answers.state_text, question);
                Parts::of(ui, &answers.state_text, |text| text.found == of)
            }
            Page::Diff => {
                let question = AskDifferences {
                    found: found.clone(),
                };
                outbox.ask(|answers| &mut answers.differences, question);
                Parts::of(ui, &answers.differences, |differences| {
                    differences.found == of
                })
            }
        }
    }

    /// The state of which the page's own part has come last.
    pub fn whole<'m>(&self, model: &'m Model) -> Option<&'m FoundState> {
        let answers = &model.answers;
        match self.page {
            Page::Tree => answers.fields.known().map(|(of, _)| &of.found),
            Page::Json => answers.state_text.known().map(|(of, _)| &of.found),
            Page::Diff => answers.differences.known().map(|(of, _)| &of.found),
        }
    }

    /// Draws it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        asked: Asked<'_>,
        found: Option<&FoundState>,
        outbox: &mut Outbox,
    ) {
        ui.spacing_mut().item_spacing.y = 0.0;
        if self.stream != model.selection.stream {
            self.stream = model.selection.stream;
            self.tree.unpin();
        }
        let standing = asked.standing;
        self.head(ui, model, standing, outbox);
        standing.tell(ui, "Folding the state", outbox);
        let Some(found) = found else {
            if let Standing::Current | Standing::Late = standing {
                let events = StreamEvents::of(asked.log, asked.stream).len();
                let (text, colour) = (folding(model, events), ui.tokens().text2);
                padded(ui, |ui| ui.label(Face::Body.text(text, colour)));
            }
            return;
        };
        standing.fade(ui);
        notices(ui, found, outbox);
        match found.at.existence {
            Existence::Exists => self.state(ui, model, found, outbox),
            Existence::NotYet => not_yet(ui, (found, model.zone()), outbox),
            Existence::Ended { how, by } => ended(ui, (found, model.zone()), (how, by), outbox),
        }
    }

    fn head(&mut self, ui: &mut Ui, model: &Model, standing: &Standing, outbox: &mut Outbox) {
        let hints = self.page == Page::Diff && model.compare.is_none();
        let page = &mut self.page;
        PaneHead::new("State").show_with(
            ui,
            |ui| {
                Segments::new("Form of the state", page)
                    .option(Page::Tree, "Tree")
                    .option(Page::Json, "JSON")
                    .option(Page::Diff, "Diff")
                    .show(ui);
            },
            |ui| {
                if *standing == Standing::Late {
                    let colour = ui.tokens().text2;
                    let text = Face::Secondary.text("not yet as of the cursor…", colour);
                    ui.add(Label::new(text).truncate());
                    return;
                }
                if hints {
                    difference::hint(ui);
                    return;
                }
                fold::choose(ui, model, outbox);
            },
        );
    }

    fn state(&mut self, ui: &mut Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) {
        match self.page {
            Page::Tree if found.at.tree().children().next().is_none() => {
                let sentence = match &found.projection {
                    None => "The events of this stream hold no fields: no payload is a JSON object"
                        .to_owned(),
                    Some(written) => {
                        format!(
                            "{} has no fields for this stream as of the cursor",
                            written.name
                        )
                    }
                };
                crate::gui::widgets::EmptyState::new(Icon::State, &sentence).show(ui);
            }
            Page::Tree => self.tree.show(ui, model, found, outbox),
            Page::Json => self.json(ui, model, found, outbox),
            Page::Diff => self.difference.show(ui, model, found, outbox),
        }
    }

    fn json(&mut self, ui: &mut Ui, model: &Model, found: &FoundState, outbox: &mut Outbox) {
        Standing::of(ui, &model.answers.state_text).fade(ui);
        let known = model.answers.state_text.known();
        let known = known.map(|(of, text)| (&of.found, text));
        let Some((_, text)) = self.text.take(known, found) else {
            return;
        };
        let room = ui.available_rect_before_wrap();
        padded(ui, |ui| {
            let height = ui.available_height().max(sizes::ROW_CODE);
            JsonView::new("State as JSON", &text)
                .max_height(height)
                .show(ui);
        });
        let corner = egui::Rect::from_min_max(
            egui::pos2(room.max.x - sizes::GUTTER - 32.0, room.min.y + 6.0),
            egui::pos2(room.max.x - sizes::GUTTER, room.min.y + 34.0),
        );
        let copy = crate::gui::widgets::IconButton::new(Icon::Copy, "Copy state as JSON");
        if ui.put(corner, copy).clicked() {
            outbox.send(Command::CopyState);
        }
    }
}

/// What is being waited for, and how far it is.
fn folding(model: &Model, events: usize) -> String {
    let done = model.answers.state.progress().done;
    // Some are read twice where the store grows meanwhile.
    if done == 0 || done > events as u64 {
        return "Folding the events of this stream…".to_owned();
    }
    let events = words::counted(events, "event", "events");
    format!(
        "Folding the events of this stream: {} of {events}",
        grouped(done)
    )
}

fn padded<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let margin = Margin::symmetric(sizes::PAD as i8, 10);
    Frame::NONE.inner_margin(margin).show(ui, add).inner
}

/// What is odd about the history, with links to the events.
fn notices(ui: &mut Ui, found: &Found, outbox: &mut Outbox) {
    if found.answer.notices.is_empty() {
        return;
    }
    let t = ui.tokens();
    let margin = Margin::symmetric(sizes::PAD as i8, 6);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        for notice in &found.answer.notices {
            oddity(ui, found, notice, outbox);
        }
    });
    let line = ui.available_rect_before_wrap();
    ui.painter()
        .hline(line.x_range(), line.min.y - 0.5, (1.0, t.border));
}

fn oddity(ui: &mut Ui, found: &Found, notice: &Oddity, outbox: &mut Outbox) {
    let severity = match notice.kind {
        NoticeKind::Unreadable => Severity::Error,
        NoticeKind::NotFolded | NoticeKind::BegunAnew => Severity::Info,
        _ => Severity::Warning,
    };
    let places: Vec<String> = notice
        .evidence
        .iter()
        .map(|event| words::position_named(&event.position))
        .collect();
    let more = (notice.more > 0).then(|| format!("and {} more", grouped(notice.more)));
    let mut shown = Notice::new(severity, &notice.message).more(more);
    for place in &places {
        shown = shown.place(place);
    }
    let event = shown
        .show(ui)
        .place
        .and_then(|place| notice.evidence.get(place))
        .and_then(|event| found.log.event_at(&event.position));
    if let Some(event) = event {
        outbox.send(Command::GoToEvent(event));
    }
}

fn not_yet(ui: &mut Ui, (found, zone): (&Found, Zone), outbox: &mut Outbox) {
    let log = &found.log;
    let name = log.stream_name(found.at.stream);
    let text = match found.at.next {
        Some(next) => {
            let begins = words::type_of(log, next);
            let time = log.time(next, found.at.cut.clock());
            let far = time
                .zip(found.at.cut.time(log))
                .map_or(String::new(), |(time, now)| {
                    format!(" {}", relative(time, now, zone))
                });
            format!("{name} did not exist yet at the cursor. It begins with {begins}{far}.")
        }
        None => format!("{name} has no events"),
    };
    words_and_button(ui, &text, "Go to its first event", found.at.next, outbox);
}

fn ended(
    ui: &mut Ui,
    (found, zone): (&Found, Zone),
    (how, by): (StreamEnd, EndedBy),
    outbox: &mut Outbox,
) {
    let log = &found.log;
    let how = how.name();
    let cut = &found.at.cut;
    let far = |time: Option<Timestamp>| {
        time.zip(cut.time(log))
            .map_or(String::new(), |(time, now)| {
                format!(", {}", relative(time, now, zone))
            })
    };
    let name = log.stream_name(found.at.stream);
    let (text, before) = match by {
        EndedBy::Event(by) => {
            let far = far(log.time(by, cut.clock()));
            let text = format!("{name} was {how} by {}{far}.", words::type_of(log, by));
            let history = StreamEvents::of(log, found.at.stream);
            let before = history.below(by).checked_sub(1);
            (text, before.and_then(|at| history.get(at)))
        }
        EndedBy::Store(since) => {
            let text = format!("{name} is {how}, as the store says{}.", far(since));
            (text, found.at.last)
        }
    };
    words_and_button(ui, &text, "Go to the state before", before, outbox);
}

fn words_and_button(
    ui: &mut Ui,
    text: &str,
    button: &str,
    event: Option<EventIx>,
    outbox: &mut Outbox,
) {
    let colour = ui.tokens().text2;
    padded(ui, |ui| {
        ui.spacing_mut().item_spacing.y = sizes::GAP;
        ui.add(Label::new(Face::Body.text(text, colour)).wrap());
        if let Some(event) = event
            && ui.add(Button::secondary(button)).clicked()
        {
            outbox.send(Command::MoveTo(Bound::Event(event)));
        }
    });
}
