//! The clocks of a cart's two devices: their own, which are wrong; the hybrid logical ones, which
//! never run backwards and never fall behind what was heard; and the vector clocks, which say who
//! knew of what.

use super::super::super::chance::rfc3339;
use super::Device;
use crate::model::Timestamp;

/// A moment of a hybrid logical clock: milliseconds, a counter, and whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hlc {
    millis: i64,
    count: u32,
    device: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Clocks {
    hlc: [Hlc; 2],
    /// What each device knows of both.
    vectors: [[u32; 2]; 2],
}

/// What an operation is stamped with.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub hlc: Hlc,
    pub vector: [u32; 2],
    /// By the device's own clock.
    pub at: Timestamp,
    /// The operation's number on its device.
    pub number: u32,
}

impl Clocks {
    /// A device does something.
    pub fn stamp(&mut self, device: Device, now: Timestamp) -> Stamp {
        let nth = device as usize;
        let at = Timestamp::from_micros(now.micros() + device.skew_ms() * 1000);
        let millis = at.micros() / 1000;
        let before = self.hlc[nth];
        let hlc = Hlc {
            millis: millis.max(before.millis),
            count: if millis > before.millis {
                0
            } else {
                before.count + 1
            },
            device: nth,
        };
        self.hlc[nth] = hlc;
        self.vectors[nth][nth] += 1;
        Stamp {
            hlc,
            vector: self.vectors[nth],
            at,
            number: self.vectors[nth][nth],
        }
    }

    /// Both devices have heard everything.
    pub fn meet(&mut self) {
        let all = [0, 1].map(|nth| self.vectors[0][nth].max(self.vectors[1][nth]));
        self.vectors = [all; 2];
        let last = self.hlc[0].max(self.hlc[1]);
        self.hlc = [0, 1].map(|device| Hlc { device, ..last });
    }
}

impl Hlc {
    /// Whose it is.
    pub const fn device(self) -> Device {
        Device::ALL[self.device]
    }

    /// `2024-03-05T10:11:12.345Z-0001-phone`.
    pub fn text(self) -> String {
        let at = rfc3339(Timestamp::from_micros(self.millis * 1000));
        let at = at.trim_end_matches('Z');
        let (whole, digits) = at.split_once('.').unwrap_or((at, "000"));
        let device = self.device().name();
        format!("{whole}.{:.3}Z-{:04}-{device}", digits, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::chance::utc;
    use super::*;

    #[test]
    fn logical_clocks_order_what_one_device_has_heard_of_the_other() {
        let mut clocks = Clocks::default();
        let now = utc(2024, 3, 5, 10, 0);
        let first = clocks.stamp(Device::Phone, now);
        let apart = clocks.stamp(Device::Laptop, now);
        assert!(apart.hlc < first.hlc, "its clock is behind");
        assert_eq!((first.vector, apart.vector), ([1, 0], [0, 1]));
        clocks.meet();
        let later = clocks.stamp(Device::Laptop, now);
        assert!(later.hlc > first.hlc, "it has heard of the first");
        assert_eq!(later.vector, [1, 2]);
        assert_eq!(first.hlc.text(), "2024-03-05T10:00:38.400Z-0000-phone");
    }
}
