//! The Lag view: every consumer as a small multiple, the worst first, with the cursor through all; and
//! as further pages how long events took, what readers missed, the way of events, the outbox and the
//! dead letters. All is as of the cursor; what comes after it is faded.

mod curves;
mod delays;
mod files;
mod groups;
mod legend;
mod letters;
mod levels;
mod marks;
mod multiple;
mod multiples;
mod near;
mod outbox;
mod pane;
mod scale;
mod shares;
mod standing;
mod way;

use egui::{
    Align, CentralPanel, Frame, Key, Label, Layout, Margin, Modifiers, Panel, Ui, UiBuilder,
};
use serde::{Deserialize, Serialize};

use crate::analysis::lag::{ConsumerId, Evidence, LagReport};
use crate::gui::command::{Command, Outbox};
use crate::gui::kept::Kept;
use crate::gui::model::{LagPage as Page, Model, Page as PageOf};
use crate::gui::panels::CardSize;
use crate::gui::theme::{Face, Icon, TokensExt, sizes};
use crate::gui::views::{Screen, Standing};
use crate::gui::widgets::{Button, EmptyState, Notice, Segments, Severity, Side, SidePane};
use crate::gui::words;
use crate::log::Log;
use crate::model::Timestamp;
use crate::model::time::{Span, Style};
use crate::render::{self, Shell, grouped};
use crate::worker::{AskDelays, AskLagCharts, AskStages, Exports, Watched};
use scale::Unit;

/// Room for the pane about the selected consumer, where nobody made another.
const PANE: f32 = 400.0;
/// Tables that are dated later than events by less are of the same time.
const DAY: Span = Span::from_secs(86_400);
/// Points of a small plot.
const POINTS: usize = 160;

/// How much time the plots show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    Hours,
    Day,
    Week,
    #[default]
    All,
}

impl Reach {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Hours, "6 hours"),
        (Self::Day, "1 day"),
        (Self::Week, "1 week"),
        (Self::All, "All time"),
    ];

    /// From when to when, around a moment. It stands still while the moment moves a little, so that
    /// nothing is measured anew for each of its steps.
    fn around(self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        const HOUR: i64 = 3_600_000_000;
        let length = match self {
            Self::Hours => 6 * HOUR,
            Self::Day => 24 * HOUR,
            Self::Week => 168 * HOUR,
            Self::All => return None,
        };
        let step = length / 8;
        let end = now.micros().div_euclid(step).saturating_add(3);
        let to = Timestamp::from_micros(end.saturating_mul(step));
        Some((to.saturating_sub(Span::from_micros(length)), to))
    }
}

/// What is kept of the view.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Choices {
    page: Page,
    unit: Unit,
    reach: Reach,
    pane: Option<f32>,
    card: CardSize,
}

/// The Lag view.
pub(in crate::gui) struct Lag {
    /// The selected consumer.
    selected: Option<ConsumerId>,
    kept: Kept<Choices>,
    /// The page that was asked for by its name.
    wanted: Option<Page>,
    /// Whether a text had the keyboard a frame ago: Escape leaves that first.
    typing: Option<()>,
    letters: letters::Letters,
}

impl Default for Lag {
    fn default() -> Self {
        Self {
            selected: None,
            kept: Kept::new("lag"),
            wanted: None,
            typing: None,
            letters: letters::Letters::default(),
        }
    }
}

impl Screen for Lag {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let Some(session) = &model.session else {
            return;
        };
        self.kept.begin(model);
        let page = self.kept.value.page;
        self.kept.value.page = self.wanted.take().unwrap_or(page);
        self.escape(ui);
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, ui.tokens().panel);
        let bar = Panel::top("lag-bar").exact_size(sizes::FILTER_BAR);
        let bar = bar.show_separator_line(false).frame(Frame::NONE);
        bar.resizable(false)
            .show(ui, |ui| self.bar(ui, model, outbox));
        let standing = Standing::of(ui, &model.answers.lag);
        CentralPanel::no_frame().show(ui, |ui| {
            standing.tell(ui, "Lag", outbox);
            match model.answers.lag.get() {
                Some(report) => {
                    standing.fade(ui);
                    dated_later(ui, model, report);
                    self.page(ui, model, report, outbox);
                }
                None if session.log.is_empty() => {
                    EmptyState::new(Icon::Lag, "This store holds no events").show(ui);
                }
                None if model.answers.lag.unanswered().is_none() => {
                    EmptyState::new(Icon::Lag, "The consumers are being looked for").show(ui);
                }
                None => {}
            }
        });
        if let Some(watched) = &session.watched {
            self.ask(model, watched, outbox);
        }
        self.kept.end(ui, outbox);
    }

    fn exports(&self, model: &Model) -> Result<(Exports, String), &'static str> {
        let page = self.kept.value.page;
        let name = format!("{}-{}", super::stem(model), files::name(page));
        Ok((Exports::Lag(files::of(page, self.from(model))), name))
    }

    fn turn_to(&mut self, page: PageOf) {
        if let PageOf::Lag(page) = page {
            self.wanted = Some(page);
        }
    }

    fn address(&self, model: &Model, _log: &Log) -> Shell {
        let report = model.answers.lag.get();
        let mut all = report.iter().flat_map(|report| &report.consumers);
        let selected = all.find(|own| self.selected.as_ref() == Some(&own.id));
        match selected {
            Some(own) => Shell::new("lag").option("--consumer", &own.name),
            None => Shell::new("lag"),
        }
    }
}

impl Lag {
    fn ask(&self, model: &Model, watched: &Watched, outbox: &mut Outbox) {
        let question = model.ask_lag(watched);
        let cut = question.cut;
        outbox.ask(|answers| &mut answers.lag, question);
        let stretch = self.stretch(model);
        if !matches!(self.kept.value.page, Page::Distribution | Page::Reread) {
            let question = AskLagCharts {
                watched: watched.clone(),
                clock: cut.clock(),
                stretch,
                points: POINTS,
            };
            outbox.ask(|answers| &mut answers.lag_charts, question);
        }
        match (self.kept.value.page, &self.selected) {
            (Page::Distribution | Page::Reread, Some(consumer)) => {
                let question = AskDelays {
                    watched: watched.clone(),
                    cut,
                    consumer: consumer.clone(),
                    from: self.from(model),
                };
                outbox.ask(|answers| &mut answers.delays, question);
            }
            (Page::Lag, Some(consumer)) => {
                let report = model.answers.lag.get();
                let mut all = report.iter().flat_map(|report| &report.consumers);
                let own = all.find(|own| own.id == *consumer);
                let question = own.and_then(|own| near::question(model, watched, own));
                if let Some(question) = question {
                    outbox.ask(|answers| &mut answers.lag_chart, question);
                }
            }
            (Page::Pipeline, _) => {
                let question = AskStages {
                    watched: watched.clone(),
                    cut,
                };
                outbox.ask(|answers| &mut answers.stages, question);
            }
            _ => {}
        }
    }

    fn stretch(&self, model: &Model) -> Option<(Timestamp, Timestamp)> {
        self.kept.value.reach.around(model.cursor.time()?)
    }

    /// From when on the page shows events.
    fn from(&self, model: &Model) -> Option<Timestamp> {
        self.stretch(model).map(|(from, _)| from)
    }

    /// Closes what is open of one consumer with Escape, where nothing else has a use for it.
    fn escape(&mut self, ui: &Ui) {
        let typing = ui.text_edit_focused().then_some(());
        let was_typing = std::mem::replace(&mut self.typing, typing);
        let is_covered = ui.memory(|memory| memory.top_modal_layer().is_some());
        if self.selected.is_none()
            || self.kept.value.page != Page::Lag
            || was_typing.or(typing).is_some()
            || is_covered
            || egui::Popup::is_any_open(ui.ctx())
        {
            return;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.selected = None;
        }
    }

    fn bar(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter()
            .hline(all.x_range(), all.max.y - 0.5, (1.0, t.border));
        let inner = all.shrink2(egui::vec2(sizes::PAD_TEXT, 0.0));
        let right = UiBuilder::new().id_salt("right").max_rect(inner);
        let right = right.layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(right);
        self.choices(&mut right, outbox);
        let left = inner.with_max_x(right.min_rect().min.x - sizes::GAP);
        let left = UiBuilder::new().id_salt("left").max_rect(left);
        let left = left.layout(Layout::left_to_right(Align::Center));
        let ui = &mut ui.new_child(left);
        let mut pages = Segments::new("Page", &mut self.kept.value.page);
        for page in Page::ALL {
            pages = pages.option(page, page.name());
        }
        pages.show(ui);
        let sentence = sentence(ui, model);
        let said = ui.add(Label::new(Face::Secondary.text(&sentence, t.text2)).truncate());
        said.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, sentence.as_str()));
    }

    /// What can be chosen of the page, from the right.
    fn choices(&mut self, ui: &mut Ui, outbox: &mut Outbox) {
        let export = Button::secondary("Export").icon(Icon::Export).small();
        let hint = files::hint(self.kept.value.page);
        if ui.add(export).on_hover_text(hint).clicked() {
            outbox.send(Command::Export);
        }
        let page = self.kept.value.page;
        if page == Page::Lag {
            Segments::new("Scale", &mut self.kept.value.unit)
                .option(Unit::Seconds, "Seconds")
                .option(Unit::Events, "Events")
                .show(ui);
        }
        let mut reach = Segments::new("Time shown", &mut self.kept.value.reach);
        for (value, word) in Reach::ALL {
            reach = reach.option(value, word);
        }
        reach.show(ui);
    }

    fn page(&mut self, ui: &mut Ui, model: &Model, report: &LagReport, outbox: &mut Outbox) {
        let page = self.kept.value.page;
        if report.consumers.is_empty()
            && matches!(page, Page::Lag | Page::Distribution | Page::Reread)
        {
            let sentence = "Nothing in this store tells of a consumer at the cursor";
            EmptyState::new(Icon::Lag, sentence).show(ui);
            return;
        }
        match page {
            Page::Lag => self.lag(ui, model, report, outbox),
            Page::Distribution | Page::Reread => {
                let shown = match page {
                    Page::Distribution => delays::Shown::Distribution,
                    _ => delays::Shown::Reread,
                };
                delays::show(ui, model, report, &mut self.selected, shown);
            }
            Page::Pipeline => way::show(ui, model, report),
            Page::Outbox => outbox::show(ui, model, report),
            Page::DeadLetters => {
                let scene = (report, &mut self.kept.value.card);
                self.letters.show(ui, model, scene, outbox);
            }
        }
    }

    fn lag(&mut self, ui: &mut Ui, model: &Model, report: &LagReport, outbox: &mut Outbox) {
        let chosen = self.selected.as_ref();
        let selected = (report.consumers.iter()).find(|own| chosen == Some(&own.id));
        let charts = model.answers.lag_charts.get();
        if let Some(own) = selected {
            let most = ui.max_rect().width() - 300.0;
            let mut width = self.kept.value.pane;
            let pane = SidePane::new("consumer", Side::Right, &mut width, PANE).range(280.0, most);
            let closed = pane.show(ui, |ui| pane::show(ui, model, own, charts, outbox));
            self.kept.value.pane = width;
            if closed.inner == pane::Said::Close {
                self.selected = None;
            }
        }
        let unit = self.kept.value.unit;
        CentralPanel::no_frame().show(ui, |ui| {
            self.by_effects(ui, report);
            self.by_relay(ui, model, report);
            let clicked =
                multiples::show(ui, model, report, charts, (unit, self.selected.as_ref()));
            if let Some(id) = clicked {
                self.selected = (self.selected.as_ref() != Some(&id)).then_some(id);
            }
        });
    }
}

impl Lag {
    /// Where nothing but events tells of consumers: what can be seen of them, and where.
    fn by_effects(&mut self, ui: &mut Ui, report: &LagReport) {
        if (report.consumers.iter()).any(|own| own.source != Evidence::Effects) {
            return;
        }
        let sentence = "This store keeps no checkpoints and not what was processed, so nobody's lag is known. \
                        These services are known by the events that they recorded because of others: how \
                        quickly they reacted is seen, and not what they have still to do.";
        let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let notice = Notice::new(Severity::Info, sentence).action("How quickly they reacted");
            if notice.show(ui).action.is_some() {
                self.kept.value.page = Page::Distribution;
            }
        });
    }
}

impl Lag {
    /// That consumers wait for the relay: where they are looked at, and not only where the outbox is.
    fn by_relay(&mut self, ui: &mut Ui, model: &Model, report: &LagReport) {
        let Some(hold) = &report.relay else {
            return;
        };
        let sentence = format!("{}.", render::relay(hold, model.zone()));
        let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 8);
        Frame::NONE.inner_margin(margin).show(ui, |ui| {
            let notice = Notice::new(Severity::Warning, &sentence).action("The outbox");
            if notice.show(ui).action.is_some() {
                self.kept.value.page = Page::Outbox;
            }
        });
    }
}

/// Tables that are dated by another clock than the events say nothing as of a moment of theirs.
fn dated_later(ui: &mut Ui, model: &Model, report: &LagReport) {
    let Some((until, now)) = report.tables_until.zip(report.as_of.time) else {
        return;
    };
    if until - now < DAY {
        return;
    }
    let sentence = format!(
        "What stands beside the events is dated up to {}, {} after the last of them: it is told as it is now, \
         and not as of the cursor.",
        model.zone().format(until, Style::Seconds),
        until - now
    );
    let margin = Margin::symmetric(sizes::PAD_TEXT as i8, 8);
    Frame::NONE.inner_margin(margin).show(ui, |ui| {
        Notice::new(Severity::Info, &sentence).show(ui);
    });
}

/// How many consumers there are, or that it is not known yet.
fn sentence(ui: &Ui, model: &Model) -> String {
    if Standing::of(ui, &model.answers.lag) == Standing::Late {
        return "not yet as of the cursor…".to_owned();
    }
    let report = model.answers.lag.get();
    let Some(report) = report.filter(|report| !report.consumers.is_empty()) else {
        return String::new();
    };
    let consumers = match report.consumers.len() {
        1 => "1 consumer".to_owned(),
        count => format!("{} consumers, worst first", grouped(count as u64)),
    };
    // While a store is written to, consumers are looked at every two seconds only.
    match &report.as_of.position {
        Some(position) if report.as_of.position != model.cursor.as_of().position => {
            format!("{consumers}, as of {}", words::position_named(position))
        }
        _ => consumers,
    }
}
