//! How the window looks, in one room: colours by meaning, type, sizes, icons, and egui's own style
//! set from them. No widget and no knowledge of events may enter; `widgets/` beside it draws with this.

mod face;
mod fonts;
pub mod icons;
pub mod sizes;
mod style;
pub mod tokens;

pub use face::Face;
pub use icons::Icon;
pub use tokens::{Tokens, TokensExt, Tone, faded};

/// Sets fonts and both themes on a fresh context. Call once, before the first frame.
pub fn install(ctx: &egui::Context) {
    fonts::install(ctx);
    style::install(ctx);
}
