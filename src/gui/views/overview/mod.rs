//! The overview: what the store is and why we think so, what it holds as of the cursor, what it does
//! not hold, and what is wrong with it. Every figure stands beside that of the whole store.

mod figures;
mod histogram;
mod holds;
mod store;

use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::gui::command::Outbox;
use crate::gui::model::Model;
use crate::gui::theme::{Face, TokensExt, sizes};
use crate::gui::views::{Screen, Standing};
use crate::log::Log;
use crate::render::Shell;
use crate::worker::Exports;

/// The overview and how much of its lists is shown.
#[derive(Default)]
pub(in crate::gui) struct Overview {
    types: Shown,
    categories: Shown,
}

/// How much of a list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    /// Its first rows.
    #[default]
    Top,
    /// All that a page can bear.
    All,
}

impl Shown {
    /// Rows of a list whose first `few` are shown at first.
    const fn rows(self, few: usize) -> usize {
        match self {
            Self::Top => few,
            Self::All => 400,
        }
    }

    const fn toggled(self) -> Self {
        match self {
            Self::Top => Self::All,
            Self::All => Self::Top,
        }
    }
}

/// Widths between which the columns grow, and below which two stand one below the other.
const LEAST: f32 = 1080.0;
const MOST: f32 = 1720.0;

impl Screen for Overview {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        if let Some(question) = model.ask_overview() {
            outbox.ask(|answers| &mut answers.overview, question);
        }
        let t = ui.tokens();
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, t.bg);
        let width = all.width().min(MOST);
        let left = all.left() + ((all.width() - width) / 2.0).round();
        let page = Rect::from_min_size(pos2(left, all.top()), vec2(width, all.height()));
        ui.painter().rect_filled(page, 0.0, t.panel);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let standing = Standing::of(ui, &model.answers.overview);
            standing.tell(ui, "Counting", outbox);
            self.columns(ui, (page, all), (model, &standing), outbox);
        });
        if width < all.width() {
            for x in [page.left() - 0.5, page.right() + 0.5] {
                ui.painter().vline(x, all.y_range(), (1.0, t.border));
            }
        }
    }

    fn exports(&self, _model: &Model) -> Result<(Exports, String), &'static str> {
        Err("Go to Events, Streams or State to export what they show")
    }

    fn address(&self, _model: &Model, _log: &Log) -> Shell {
        Shell::new("info")
    }
}

impl Overview {
    fn columns(
        &mut self,
        ui: &mut Ui,
        (page, all): (Rect, Rect),
        (model, standing): (&Model, &Standing),
        outbox: &mut Outbox,
    ) {
        let top = ui.cursor().top();
        let (first, second) = if page.width() < LEAST {
            (
                (page.width() * 0.44).round(),
                page.width() - (page.width() * 0.44).round(),
            )
        } else {
            (
                (page.width() * 0.32).round(),
                (page.width() * 0.378).round(),
            )
        };
        let column = |ui: &mut Ui, salt: &str, from: f32, width: f32| {
            let rect = Rect::from_min_size(pos2(from, top), vec2(width, 100_000.0));
            let layout = Layout::top_down(Align::Min);
            let builder = UiBuilder::new().id_salt(salt).max_rect(rect).layout(layout);
            let mut child = ui.new_child(builder);
            child.spacing_mut().item_spacing.y = 0.0;
            child
        };
        let mut left = column(ui, "left", page.left(), first);
        store::show(&mut left, model, outbox);
        let mut middle = column(ui, "middle", page.left() + first, second);
        standing.fade(&mut middle);
        self.figures(&mut middle, model, outbox);
        let mut edges = vec![page.left() + first];
        let mut bottom = left.min_rect().bottom().max(middle.min_rect().bottom());
        if page.width() < LEAST {
            self.holds(&mut middle, model, outbox);
            bottom = bottom.max(middle.min_rect().bottom());
        } else {
            let from = page.left() + first + second;
            let mut right = column(ui, "right", from, page.right() - from);
            standing.fade(&mut right);
            self.holds(&mut right, model, outbox);
            edges.push(from);
            bottom = bottom.max(right.min_rect().bottom());
        }
        let bottom = bottom + sizes::PAD_TEXT;
        for x in edges {
            let line = (1.0, ui.tokens().border);
            ui.painter()
                .vline(x, top..=bottom.max(top + all.height()), line);
        }
        ui.allocate_space(vec2(all.width(), bottom - top));
    }
}

/// A part of a column: margins, a title with something at its right, and a line under it.
fn section(ui: &mut Ui, title: &str, right: impl FnOnce(&mut Ui), body: impl FnOnce(&mut Ui)) {
    padded(ui, |ui| {
        let t = ui.tokens();
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), sizes::BUTTON_SMALL));
        let builder = UiBuilder::new()
            .id_salt((title, "right"))
            .max_rect(rect)
            .layout(Layout::right_to_left(Align::Center));
        let mut corner = ui.new_child(builder);
        right(&mut corner);
        let room = rect.with_max_x(corner.min_rect().left().min(rect.right()) - 8.0);
        let builder = UiBuilder::new()
            .id_salt(title)
            .max_rect(room)
            .layout(Layout::left_to_right(Align::Center));
        let text = egui::Label::new(Face::Title.text(title, t.text)).truncate();
        ui.new_child(builder).add(text);
        ui.add_space(6.0);
        body(ui);
    });
    rule(ui);
}

/// With the margins of a page of text.
fn padded(ui: &mut Ui, body: impl FnOnce(&mut Ui)) {
    let margin = egui::Margin::symmetric(sizes::PAD_TEXT as i8, sizes::PAD as i8);
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        body(ui);
    });
}

fn rule(ui: &mut Ui) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 1.0));
    let line = (1.0, ui.tokens().border);
    ui.painter().hline(rect.x_range(), rect.center().y, line);
}
