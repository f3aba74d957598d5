//! Pages by their numbers, read many at a time: the leaves of a table mostly lie one after another.

use super::Odd;
use crate::store::sqlite::connect::Pin;

/// Bytes read at a time.
const AHEAD: usize = 1 << 18;

/// How the file is cut into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Bytes of a page.
    pub size: usize,
    /// Bytes of it that hold data.
    pub usable: usize,
    /// How many pages there are.
    pub count: u32,
}

impl Cut {
    /// By the header of the file; none where text is not UTF-8, or anything is out of the ordinary.
    pub fn of(file: &Pin) -> Option<Self> {
        let mut head = [0; 100];
        if file.read_at(&mut head, 0).ok()? < head.len() {
            return None;
        }
        let size = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 1 << 16,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return None,
        };
        let usable = size - usize::from(head[20]);
        let sound = matches!(head[19], 1 | 2) && head[21..24] == [64, 32, 32] && usable >= 480;
        // Of an empty store no encoding is decided, nor is there anything to read.
        let utf8 = head[56..60] == [0, 0, 0, 1];
        let count = file.file().metadata().ok()?.len() / size as u64;
        (sound && utf8).then_some(Self {
            size,
            usable,
            count: u32::try_from(count).ok()?,
        })
    }
}

/// The pages around the one last asked for.
#[derive(Debug)]
pub(super) struct Window<'f> {
    file: &'f Pin,
    cut: Cut,
    /// The number of the first page held, and how many.
    first: u32,
    held: u32,
    bytes: Vec<u8>,
}

impl<'f> Window<'f> {
    pub fn new(file: &'f Pin, cut: Cut) -> Self {
        Self {
            file,
            cut,
            first: 0,
            held: 0,
            bytes: Vec::new(),
        }
    }

    /// The page, and with it those that follow if it has to be read.
    pub fn page(&mut self, number: u32) -> Result<&[u8], Odd> {
        if !self.holds(number) {
            self.check(number)?;
            let pages = (AHEAD / self.cut.size).max(1);
            let pages = pages.min((self.cut.count - number + 1) as usize);
            self.bytes.resize(pages * self.cut.size, 0);
            self.held = 0;
            self.read(number, pages * self.cut.size)?;
            (self.first, self.held) = (number, pages as u32);
        }
        self.at(number)
    }

    /// The page as it is held.
    pub fn at(&self, number: u32) -> Result<&[u8], Odd> {
        if !self.holds(number) {
            return Err(Odd);
        }
        let start = (number - self.first) as usize * self.cut.size;
        self.bytes.get(start..start + self.cut.usable).ok_or(Odd)
    }

    /// Gives `with` a page, leaving those that are held where they are.
    pub fn aside<T>(
        &self,
        number: u32,
        with: impl FnOnce(&[u8]) -> Result<T, Odd>,
    ) -> Result<T, Odd> {
        if let Ok(page) = self.at(number) {
            return with(page);
        }
        self.check(number)?;
        let mut bytes = vec![0; self.cut.size];
        let from = u64::from(number - 1) * self.cut.size as u64;
        match self.file.read_at(&mut bytes, from) {
            Ok(read) if read == bytes.len() => with(&bytes[..self.cut.usable]),
            _ => Err(Odd),
        }
    }

    fn holds(&self, number: u32) -> bool {
        number >= self.first && number - self.first < self.held
    }

    fn check(&self, number: u32) -> Result<(), Odd> {
        match number {
            0 => Err(Odd),
            number if number > self.cut.count => Err(Odd),
            _ => Ok(()),
        }
    }

    fn read(&mut self, number: u32, length: usize) -> Result<(), Odd> {
        let from = u64::from(number - 1) * self.cut.size as u64;
        let read = self.file.read_at(&mut self.bytes[..length], from);
        match read {
            Ok(read) if read == length => Ok(()),
            _ => Err(Odd),
        }
    }
}
