//! Layout files: where to, and what became of them.

use std::path::PathBuf;

use super::App;
use super::stores::Dialog;
use crate::analysis::words::capitalised;
use crate::gui::command::Command;
use crate::gui::model::Level;
use crate::store::layout::Layout;
use crate::worker::{Existing, ExportError, ExportLayout, Slot, Unanswered};

impl App {
    /// Asks where to.
    pub(super) fn export_layout(&mut self, layout: Layout, ctx: &egui::Context) {
        let layout = Box::new(layout);
        let kind = Dialog::SaveLayout(layout.clone());
        let dialog = move || {
            let dialog = rfd::FileDialog::new()
                .set_title("Export as layout")
                .set_file_name(format!("{}.toml", layout.id))
                .add_filter("Layouts", &["toml"]);
            let path = dialog.save_file()?;
            // The system's dialog has asked.
            Some(Command::ExportLayoutTo(layout, path, Existing::Replaced))
        };
        self.start_dialog(kind, dialog, ctx);
    }

    pub(super) fn export_layout_to(&mut self, layout: Layout, path: PathBuf, existing: Existing) {
        let unread = self.model.unread.iter().map(|unread| unread.path.clone());
        let session = self.model.session.iter();
        let open = session.flat_map(|session| session.opened.paths.clone());
        let order = ExportLayout {
            layout,
            path,
            existing,
            store: unread.chain(open).collect(),
        };
        let mut slot = Slot::default();
        slot.ask(&self.worker, order);
        self.layouts.push(slot);
    }

    /// Tells of the layouts that are written, or not.
    pub(super) fn finish_layouts(&mut self) {
        for slot in &mut self.layouts {
            slot.poll();
        }
        let ended: Vec<Slot<ExportLayout>> = self
            .layouts
            .extract_if(.., |slot| !slot.is_pending())
            .collect();
        for slot in ended {
            match (slot.get(), slot.unanswered()) {
                (_, Some(Unanswered::Failed(sentence))) => {
                    self.note(Level::Error, sentence.clone(), None);
                }
                (Some(Ok(path)), None) => {
                    let path = path.display();
                    self.say_done(&format!("The layout was written to {path}"));
                }
                (Some(Err(ExportError::Exists(path))), None) => {
                    let Some(order) = slot.asked() else { continue };
                    let (layout, over) = (Box::new(order.layout.clone()), Existing::Replaced);
                    let again = Command::ExportLayoutTo(layout, order.path.clone(), over);
                    self.ask_to_replace(path.clone(), again);
                }
                (Some(Err(error)), None) => {
                    self.note(Level::Error, capitalised(&error.to_string()), None);
                }
                (_, Some(Unanswered::Cancelled)) | (None, None) => {}
            }
        }
    }
}
