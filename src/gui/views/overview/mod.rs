//! The overview: what the store is and why we think so, what it holds as of the cursor, what it does
//! not hold, and what is wrong with it. Every figure stands beside that of the whole store.

mod figures;
mod files;
mod histogram;
mod holds;
mod store;

use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder, vec2};

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
    /// The file of several of which the left column tells.
    file: usize,
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

/// No wider than this; below the first width two columns stand one below the other, below the second all.
const MOST: f32 = 2600.0;
const THREE: f32 = 1080.0;
const TWO: f32 = 760.0;

impl Screen for Overview {
    fn show(&mut self, ui: &mut Ui, model: &Model, outbox: &mut Outbox) {
        if let Some(question) = model.ask_overview() {
            outbox.ask(|answers| &mut answers.overview, question);
        }
        let all = ui.max_rect();
        ui.painter().rect_filled(all, 0.0, ui.tokens().panel);
        let page = all.with_max_x(all.left() + all.width().min(MOST));
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let standing = Standing::of(ui, &model.answers.overview);
            standing.tell(ui, "Counting", outbox);
            self.columns(ui, (page, all), (model, &standing), outbox);
        });
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
        let columns = Columns::of(page.width());
        // Figures first where all stand in one column: what the store is stands over them in the top bar.
        let order: &[&[Part]] = match columns {
            Columns::One => &[&[Part::Figures, Part::Holds, Part::Store]],
            Columns::Two => &[&[Part::Store], &[Part::Figures, Part::Holds]],
            Columns::Three => &[&[Part::Store], &[Part::Figures], &[Part::Holds]],
        };
        let mut bottom = top;
        let mut edges = Vec::new();
        for (parts, (from, to)) in order.iter().zip(columns.spans(page.width())) {
            let span = (page.left() + from)..=(page.left() + to);
            let rect = Rect::from_x_y_ranges(span, top..=(top + 100_000.0));
            let layout = Layout::top_down(Align::Min);
            let builder = UiBuilder::new()
                .id_salt(*parts)
                .max_rect(rect)
                .layout(layout);
            let mut column = ui.new_child(builder);
            column.spacing_mut().item_spacing.y = 0.0;
            for part in *parts {
                match part {
                    Part::Store => store::show(&mut column, model, &mut self.file, outbox),
                    Part::Figures | Part::Holds => {
                        // Each by itself, since what is faded stays so.
                        let mut own = column.new_child(UiBuilder::new().id_salt(part));
                        standing.fade(&mut own);
                        match part {
                            Part::Figures => self.figures(&mut own, model, outbox),
                            _ => self.holds(&mut own, model, outbox),
                        }
                        let rect = own.min_rect();
                        column.allocate_rect(rect, egui::Sense::hover());
                    }
                }
            }
            bottom = bottom.max(column.min_rect().bottom());
            edges.push(page.left() + to);
        }
        edges.pop();
        let bottom = bottom + sizes::PAD_TEXT;
        for x in edges {
            let line = (1.0, ui.tokens().border);
            ui.painter()
                .vline(x, top..=bottom.max(top + all.height()), line);
        }
        ui.allocate_space(vec2(all.width(), bottom - top));
    }
}

/// What the page is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    /// What the store is.
    Store,
    /// How much is in it.
    Figures,
    /// Categories, what it does not hold, problems.
    Holds,
}

/// How many columns there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Columns {
    One,
    Two,
    Three,
}

impl Columns {
    fn of(width: f32) -> Self {
        match width {
            width if width < TWO => Self::One,
            width if width < THREE => Self::Two,
            _ => Self::Three,
        }
    }

    /// Where each begins and ends.
    fn spans(self, width: f32) -> Vec<(f32, f32)> {
        let ends: &[f32] = match self {
            Self::One => &[1.0],
            Self::Two => &[0.44, 1.0],
            Self::Three => &[0.32, 0.698, 1.0],
        };
        let end = |part: &f32| (width * part).round();
        let begins = [0.0].into_iter().chain(ends.iter().map(end));
        begins.zip(ends.iter().map(end)).collect()
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
