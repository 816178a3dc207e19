//! The stamp: the mock backend's clock readings, carried inside the answer's
//! text so that they survive any translation between dialects.
//!
//! ASCII, of one fixed width:
//! `[i=00000 r=0000000000000000000 s=0000000000000000000]`, where `i` is the
//! index of the chunk, `r` the moment the mock had read the whole request and
//! `s` the moment just before this piece was written, both in nanoseconds of
//! `CLOCK_MONOTONIC`. A stamp that was never filled in holds zeros.

use std::ops::Range;

/// Bytes of a stamp.
pub const LEN: usize = 53;
/// Where the index's digits stand within a stamp.
pub const INDEX: Range<usize> = 3..8;
/// Where the digits of `r` stand within a stamp.
pub const RECEIVED: Range<usize> = 11..30;
/// Where the digits of `s` stand within a stamp.
pub const SENT: Range<usize> = 33..52;
/// The largest chunk index that fits.
pub const MAX_INDEX: usize = 99_999;

/// A stamp as it was read from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Index of the chunk, 0 in a whole answer.
    pub index: u32,
    /// When the mock had read the whole request, in nanoseconds.
    pub received_ns: u64,
    /// When the mock was about to write this piece, in nanoseconds.
    pub sent_ns: u64,
}

/// The stamp of chunk `index` with both clock readings zero.
///
/// # Panics
/// When `index` is above [`MAX_INDEX`]; it never comes from outside.
pub fn blank(index: usize) -> String {
    assert!(index <= MAX_INDEX, "a stamp's index has five digits");
    format!("[i={index:05} r={:019} s={:019}]", 0, 0)
}

/// Writes `value` as zero-padded decimal digits over the whole of `digits`.
///
/// Digits that do not fit are lost on the left; 19 hold any reading of
/// `CLOCK_MONOTONIC` until the machine has been up for 300 years.
pub fn write_digits(mut value: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_form() {
        let mut stamp = blank(42).into_bytes();
        assert_eq!(stamp.len(), LEN);
        write_digits(123_456_789, &mut stamp[RECEIVED]);
        write_digits(9_223_372_036_854_775_807, &mut stamp[SENT]);
        assert_eq!(
            String::from_utf8(stamp.clone()).unwrap(),
            "[i=00042 r=0000000000123456789 s=9223372036854775807]"
        );
        assert_eq!(&stamp[INDEX], b"00042");
    }
}
