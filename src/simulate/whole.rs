//! Files that are there whole or not at all: each is written under a name of its own beside its place,
//! takes its place when all is done, and is removed where that does not come. Whoever is killed leaves
//! a hidden file that says what it is, and nothing under the name that was asked for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::SimulateError;

/// A file on its way to its place.
#[derive(Debug)]
pub struct Whole {
    place: PathBuf,
    /// Where it is meanwhile; removed when dropped.
    meanwhile: TempPath,
}

impl Whole {
    /// Makes an empty file for each place. At none of them may be anything yet.
    ///
    /// # Errors
    /// When something is there, when two places are one, or when no file can be made.
    pub fn begin<const N: usize>(
        places: [Option<&Path>; N],
    ) -> Result<[Option<Self>; N], SimulateError> {
        let mut begun = [const { None }; N];
        for (nth, place) in places.iter().enumerate() {
            let Some(place) = place else { continue };
            let earlier = places[..nth].iter().flatten();
            if earlier.into_iter().any(|other| is_same(place, other)) {
                return Err(SimulateError::Twice((*place).to_owned()));
            }
            begun[nth] = Some(Self::one(place)?);
        }
        Ok(begun)
    }

    fn one(place: &Path) -> Result<Self, SimulateError> {
        // A symbolic link that leads nowhere is something, too.
        if fs::symlink_metadata(place).is_ok() {
            return Err(SimulateError::Exists(place.to_owned()));
        }
        if !folder(place).is_dir() {
            let missing = io::Error::new(io::ErrorKind::NotFound, "there is no such folder");
            return Err(SimulateError::at(place, missing));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".asof-simulate-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any file that the user makes; the umask takes away what it takes.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder(place));
        let file = file.map_err(|error| SimulateError::at(place, error))?;
        Ok(Self {
            place: place.to_owned(),
            meanwhile: file.into_temp_path(),
        })
    }

    /// Where it is written.
    pub fn path(&self) -> &Path {
        &self.meanwhile
    }

    /// What went wrong, told of its place.
    pub fn failed(&self, error: io::Error) -> SimulateError {
        SimulateError::at(&self.place, error)
    }

    /// The place that it is for.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Puts all of them in their places, or none.
    ///
    /// # Errors
    /// When something has come to one of the places since.
    pub fn put(all: impl IntoIterator<Item = Self>) -> Result<(), SimulateError> {
        let mut there = Vec::new();
        for Self { place, meanwhile } in all {
            if let Err(error) = meanwhile.persist_noclobber(&place) {
                for path in there {
                    // Best effort: the error that matters is the one being returned.
                    let _ = fs::remove_file(path);
                }
                return Err(SimulateError::at(&place, error.error));
            }
            there.push(place);
        }
        Ok(())
    }
}

/// Whether two paths name one file, in whatever way.
fn is_same(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(folder(path)).ok();
    a.file_name() == b.file_name() && whole(a) == whole(b)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
