//! The same answers as the window's, on a terminal: one file per subcommand.
