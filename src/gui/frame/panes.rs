//! How the main area is shared between views: one over all of it, or several in panes that can be
//! dragged, resized and closed. Each view stands in one pane at most.

use std::collections::BTreeMap;

use egui::{Color32, Style, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, EditAction, LinearDir, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree,
    UiResponse,
};

use crate::gui::command::{Command, Outbox};
use crate::gui::model::{Model, View};
use crate::gui::theme::{Face, Tokens, TokensExt, sizes};
use crate::gui::views::Screen;

/// Under this name the arrangement is kept in the settings.
const KEPT: &str = "panes";

/// The views in their panes.
pub(super) struct Panes {
    tree: Tree<View>,
    /// The view that commands are about: the one shown or clicked last.
    focused: View,
    /// It was changed since it was kept.
    edited: Option<()>,
}

impl Default for Panes {
    fn default() -> Self {
        let view = View::default();
        Self {
            tree: single(view),
            focused: view,
            edited: None,
        }
    }
}

fn single(view: View) -> Tree<View> {
    let mut tiles = Tiles::default();
    let root = tiles.insert_pane(view);
    Tree::new(egui::Id::unique("panes"), root, tiles)
}

impl Panes {
    /// The arrangement that was kept, if it still makes sense.
    pub fn restore(&mut self, model: &Model) {
        let kept = model.settings.window.views.get(KEPT);
        let tree: Option<Tree<View>> =
            kept.and_then(|kept| serde_json::from_value(kept.clone()).ok());
        let sound = |tree: &Tree<View>| {
            let panes = tree.tiles.tiles().filter(|tile| tile.is_pane()).count();
            let once = View::ALL
                .iter()
                .filter(|view| tree.tiles.find_pane(view).is_some());
            tree.root().is_some() && panes > 0 && once.count() == panes
        };
        if let Some(tree) = tree.filter(sound) {
            self.focused = panes_of(&tree).first().copied().unwrap_or_default();
            self.tree = tree;
        }
    }

    fn shows(&self, view: View) -> bool {
        let active = self.tree.active_tiles();
        let tile = self.tree.tiles.find_pane(&view);
        tile.is_some_and(|tile| active.contains(&tile))
    }

    /// Puts a view into a pane of its own, right of all others, unless it has one.
    pub fn beside(&mut self, view: View) {
        if self.tree.tiles.find_pane(&view).is_none() {
            let tile = self.tree.tiles.insert_pane(view);
            let row = self.tree.root().filter(|root| is_row(&self.tree, *root));
            self.tree.root = match (row, self.tree.root()) {
                (Some(row), _) => {
                    if let Some(Tile::Container(container)) = self.tree.tiles.get_mut(row) {
                        container.add_child(tile);
                    }
                    Some(row)
                }
                (None, Some(root)) => {
                    Some(self.tree.tiles.insert_horizontal_tile(vec![root, tile]))
                }
                (None, None) => Some(tile),
            };
            self.edited = Some(());
        }
        self.follow(view);
    }

    /// Brings the view into sight: its own pane, else the one that was looked at last.
    fn follow(&mut self, view: View) {
        if self.focused == view && self.shows(view) {
            return;
        }
        if self.tree.tiles.find_pane(&view).is_none() {
            let place = self.tree.tiles.find_pane(&self.focused);
            match place.and_then(|place| self.tree.tiles.get_mut(place)) {
                Some(Tile::Pane(pane)) => *pane = view,
                _ => self.tree = single(view),
            }
            self.edited = Some(());
        }
        let tile = self.tree.tiles.find_pane(&view);
        self.tree.make_active(|own, _| Some(own) == tile);
        self.focused = view;
    }

    /// Draws the views.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        screens: &mut BTreeMap<View, Box<dyn Screen>>,
        model: &Model,
        outbox: &mut Outbox,
    ) {
        self.follow(model.view);
        let mut behavior = Drawing {
            screens,
            model,
            outbox,
            tokens: ui.tokens(),
            panes: panes_of(&self.tree).len(),
            focused: self.focused,
            edited: None,
        };
        if behavior.panes < 2 {
            behavior.screen(ui, self.focused);
        } else {
            self.tree.ui(&mut behavior, ui);
        }
        self.edited = self.edited.or(behavior.edited);
        let focused = behavior.focused;
        // A pane that was closed takes its view with it.
        let there = panes_of(&self.tree);
        match there.first() {
            Some(first) if !there.contains(&focused) => {
                self.focused = *first;
                outbox.send(Command::Show(*first));
            }
            None => self.tree = single(focused),
            Some(_) if focused != self.focused => {
                self.focused = focused;
                outbox.send(Command::Show(focused));
            }
            Some(_) => {}
        }
        let at_rest = !ui.input(|input| input.pointer.any_down());
        if self.edited.is_some() && at_rest {
            self.edited = None;
            if let Ok(kept) = serde_json::to_value(&self.tree) {
                outbox.send(Command::KeepView(KEPT, kept));
            }
        }
    }
}

fn is_row(tree: &Tree<View>, tile: TileId) -> bool {
    let container = tree.tiles.get_container(tile);
    matches!(container, Some(egui_tiles::Container::Linear(row)) if row.dir == LinearDir::Horizontal)
}

fn panes_of(tree: &Tree<View>) -> Vec<View> {
    let pane = |tile: &Tile<View>| match tile {
        Tile::Pane(view) => Some(*view),
        Tile::Container(_) => None,
    };
    let mut views: Vec<View> = tree.tiles.tiles().filter_map(pane).collect();
    views.sort_unstable();
    views
}

/// What drawing needs and notes.
struct Drawing<'a> {
    screens: &'a mut BTreeMap<View, Box<dyn Screen>>,
    model: &'a Model,
    outbox: &'a mut Outbox,
    tokens: &'static Tokens,
    panes: usize,
    focused: View,
    edited: Option<()>,
}

impl Drawing<'_> {
    fn screen(&mut self, ui: &mut Ui, view: View) {
        if let Some(screen) = self.screens.get_mut(&view) {
            screen.show(ui, self.model, self.outbox);
        }
    }
}

impl Behavior<View> for Drawing<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, view: &mut View) -> UiResponse {
        let rect = ui.max_rect();
        ui.set_clip_rect(ui.clip_rect().intersect(rect));
        let pressed = ui.input(|input| {
            let at = input.pointer.interact_pos();
            input.pointer.any_pressed() && at.is_some_and(|at| rect.contains(at))
        });
        // What lies over the pane is not of it.
        let on_top = ui.ctx().pointer_latest_pos().is_some_and(|at| {
            ui.ctx()
                .layer_id_at(at)
                .is_none_or(|layer| layer == ui.layer_id())
        });
        if pressed && on_top {
            self.focused = *view;
        }
        self.screen(ui, *view);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, view: &View) -> WidgetText {
        let colour = if *view == self.focused {
            self.tokens.text
        } else {
            self.tokens.text2
        };
        Face::DenseStrong.text(view.name(), colour).into()
    }

    fn is_tab_closable(&self, _tiles: &Tiles<View>, _tile: TileId) -> bool {
        self.panes > 1
    }

    fn on_tab_close(&mut self, _tiles: &mut Tiles<View>, _tile: TileId) -> bool {
        self.edited = Some(());
        true
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions {
            all_panes_must_have_tabs: true,
            ..SimplificationOptions::default()
        }
    }

    fn tab_bar_height(&self, _style: &Style) -> f32 {
        sizes::TABLE_HEAD
    }

    fn gap_width(&self, _style: &Style) -> f32 {
        4.0
    }

    fn min_size(&self) -> f32 {
        320.0
    }

    fn tab_bar_color(&self, _visuals: &Visuals) -> Color32 {
        self.tokens.bg
    }

    fn tab_bg_color(
        &self,
        _visuals: &Visuals,
        _tiles: &Tiles<View>,
        _tile: TileId,
        state: &TabState,
    ) -> Color32 {
        if state.active {
            self.tokens.panel
        } else {
            self.tokens.bg
        }
    }

    fn tab_outline_stroke(
        &self,
        _visuals: &Visuals,
        _tiles: &Tiles<View>,
        _tile: TileId,
        _state: &TabState,
    ) -> egui::Stroke {
        egui::Stroke::NONE
    }

    fn on_edit(&mut self, _edit: EditAction) {
        self.edited = Some(());
    }
}
