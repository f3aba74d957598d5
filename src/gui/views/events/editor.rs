//! The popover that adds to the filter: by type, category, stream, correlation and time. What is
//! chosen in it is in force at once.

mod lists;
mod time;

use egui::{Frame, Margin, Popup, PopupCloseBehavior, PopupKind, Rect, RectAlign, Response, Ui};

use super::bar::{popover_id, set};
use super::filter_words::Part;
use crate::analysis::events::{CorrelationFilter, EventFilter};
use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt};
use crate::gui::widgets::{FirstFocus, Segments, TableState, Tabs, TextField};
use crate::log::Log;

/// Width of the popover.
const WIDTH: f32 = 420.0;
/// Height of its lists.
const LIST: f32 = 264.0;

/// The pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Type,
    Category,
    Stream,
    Correlation,
    Time,
}

/// What the popover keeps between frames.
#[derive(Default)]
pub(super) struct Editor {
    page: Page,
    anchor: Option<Rect>,
    search: String,
    without: Mode,
    correlation: String,
    from: time::Typed,
    to: time::Typed,
    /// What the page begins with has had the keyboard.
    focus: FirstFocus,
    list: TableState,
    /// The row of the list that the keys have led to.
    row: Option<u64>,
}

/// Whether the popover stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stays {
    Open,
    Closed,
}

/// Whether chosen types are the only ones or left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Only,
    Without,
}

impl Editor {
    /// Shows the popover under its button, or under the chip that was clicked.
    pub fn show(
        &mut self,
        ui: &Ui,
        button: &Response,
        chip: Option<(Part, Rect)>,
        model: &Model,
        log: &Log,
        outbox: &mut Outbox,
    ) {
        let id = popover_id();
        let was_open = Popup::is_id_open(ui.ctx(), id);
        if button.clicked() {
            match was_open {
                true => Popup::close_id(ui.ctx(), id),
                false => Popup::open_id(ui.ctx(), id),
            }
            // Chips that come while it is open push the button along, but not the popover.
            self.anchor = Some(button.rect);
            self.begin(model, log);
        }
        if let Some((part, rect)) = chip {
            Popup::open_id(ui.ctx(), id);
            self.anchor = Some(rect);
            self.page = match part {
                Part::Types => Page::Type,
                Part::Categories => Page::Category,
                Part::Streams => Page::Stream,
                Part::Correlation => Page::Correlation,
                Part::From | Part::To => Page::Time,
            };
            self.begin(model, log);
        }
        if !Popup::is_id_open(ui.ctx(), id) {
            return;
        }
        let frame = Frame::popup(ui.style()).inner_margin(Margin::same(12));
        let popup = Popup::from_response(button)
            .id(id)
            .kind(PopupKind::Popup)
            .anchor(self.anchor.unwrap_or(button.rect))
            .align(RectAlign::BOTTOM_START)
            .gap(4.0)
            .frame(frame)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            // Known to all: what lies behind leaves the keys alone while it is open.
            .open_memory(None);
        popup.show(|ui| {
            ui.set_width(WIDTH);
            if self.page(ui, model, log, outbox) == Stays::Closed {
                ui.close();
            }
        });
    }

    /// Takes up what the filter says already.
    fn begin(&mut self, model: &Model, log: &Log) {
        self.search.clear();
        self.list = TableState::default();
        self.row = None;
        self.focus = FirstFocus::default();
        self.without = lists::mode(&model.filter);
        self.correlation = match &model.filter.correlation {
            CorrelationFilter::Is(id) => id.clone(),
            _ => String::new(),
        };
        self.from = time::Typed::of(model.filter.from, model, log);
        self.to = time::Typed::of(model.filter.to, model, log);
    }

    fn page(&mut self, ui: &mut Ui, model: &Model, log: &Log, outbox: &mut Outbox) -> Stays {
        let before = self.page;
        Tabs::new("Filter by", &mut self.page)
            .tab(Page::Type, "Event type")
            .tab(Page::Category, "Category")
            .tab(Page::Stream, "Stream")
            .tab(Page::Correlation, "Correlation")
            .tab(Page::Time, "Time")
            .show(ui);
        if before != self.page {
            self.search.clear();
            self.list = TableState::default();
            self.row = None;
            self.focus = FirstFocus::default();
        }
        ui.add_space(8.0);
        match self.page {
            Page::Type => self.types(ui, model, log, outbox),
            Page::Category => self.categories(ui, model, log, outbox),
            Page::Stream => self.streams(ui, model, log, outbox),
            Page::Correlation => self.correlations(ui, model, outbox),
            Page::Time => {
                let typed = (&mut self.from, &mut self.to);
                return time::show(ui, model, log, typed, &mut self.focus, outbox);
            }
        }
        Stays::Open
    }

    fn correlations(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        #[derive(Clone, Copy, PartialEq)]
        enum Choice {
            Any,
            Set,
            NotSet,
            Is,
        }
        let mut choice = match &model.filter.correlation {
            CorrelationFilter::Any => Choice::Any,
            CorrelationFilter::IsSet => Choice::Set,
            CorrelationFilter::NotSet => Choice::NotSet,
            CorrelationFilter::Is(_) => Choice::Is,
        };
        let mut chosen = None;
        let before = choice;
        Segments::new("Correlation", &mut choice)
            .option(Choice::Any, "Any")
            .option(Choice::Set, "Is set")
            .option(Choice::NotSet, "Is not set")
            .show(ui);
        if before != choice {
            chosen = Some(match choice {
                Choice::Set => CorrelationFilter::IsSet,
                Choice::NotSet => CorrelationFilter::NotSet,
                _ => CorrelationFilter::Any,
            });
        }
        ui.add_space(8.0);
        let t = ui.tokens();
        ui.label(Face::Secondary.text("Or exactly this id, then Enter", t.text3));
        let name = "Correlation id";
        let field = TextField::new(name, &mut self.correlation)
            .hint(name)
            .mono();
        let response = ui.add(field.width(WIDTH));
        let entered = ui.input(|input| input.key_pressed(egui::Key::Enter));
        let id = self.correlation.trim();
        if response.lost_focus() && entered && !id.is_empty() {
            chosen = Some(CorrelationFilter::Is(id.to_owned()));
        }
        if let Some(correlation) = chosen {
            let filter = EventFilter {
                correlation,
                ..model.filter.clone()
            };
            set(outbox, filter);
        }
    }
}
