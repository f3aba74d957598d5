//! Text of any encoding as UTF-8, block by block. Knows nothing of files.

use std::io::{self, Write};

use crate::store::sniff::Encoding;

/// Passes UTF-8 through and turns UTF-16 into it.
pub(super) struct Recoder {
    decoder: Option<encoding_rs::Decoder>,
    out: Vec<u8>,
    /// Whether something was no UTF-16.
    pub(super) damaged: bool,
}

impl Recoder {
    pub(super) fn new(encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 | Encoding::Utf8Marked => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_with_bom_removal()),
        };
        Self {
            decoder,
            out: vec![0; 64 << 10],
            damaged: false,
        }
    }

    /// Writes a block, an empty one being the last, and says how many bytes it became.
    pub(super) fn write(&mut self, mut block: &[u8], into: &mut impl Write) -> io::Result<u64> {
        let Some(decoder) = &mut self.decoder else {
            into.write_all(block)?;
            return Ok(block.len() as u64);
        };
        let last = block.is_empty();
        let mut total = 0;
        loop {
            let (end, read, written, damaged) = decoder.decode_to_utf8(block, &mut self.out, last);
            self.damaged |= damaged;
            into.write_all(&self.out[..written])?;
            total += written as u64;
            block = &block[read..];
            if end == encoding_rs::CoderResult::InputEmpty {
                return Ok(total);
            }
        }
    }
}
