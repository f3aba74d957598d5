//! Code being written: lines with numbers, colours, and marks of mistakes. What is shared by the views
//! in which somebody writes.

mod colour;
mod editor;

pub(super) use colour::Language;
pub(super) use editor::{CodeEditor, Mark, MarkTone};
