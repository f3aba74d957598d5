//! Reports as tables, CSV, Markdown; used by the command line and the window.
