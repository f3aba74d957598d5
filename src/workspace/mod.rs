//! Settings, mappings and bookmarks: the only writer of user files.
