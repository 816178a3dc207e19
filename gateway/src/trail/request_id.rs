//! The id by which a request is found again: the client's own, or one made here.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, RandomState};

use bytes::{BufMut, Bytes, BytesMut};

/// The header that carries it, from the client, to the provider and back.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The longest id that is taken from a client.
const LONGEST_BYTES: usize = 128;
const ID_BYTES: usize = 32;
/// Ids are made by the batch, in one piece of memory.
const BATCH: usize = 64;

/// Makes ids that no other worker and no other process makes.
pub(super) struct Ids {
    seed: u64,
    next: Cell<u64>,
    batch: RefCell<Bytes>,
}

impl Ids {
    pub(super) fn new() -> Self {
        Self {
            // Its keys come from the system's source of randomness.
            seed: RandomState::new().hash_one(0_u64),
            next: Cell::new(0),
            batch: RefCell::default(),
        }
    }

    /// The client's id if it may stand in a log and a header, else a new one.
    pub(super) fn of(&self, client: Option<Bytes>) -> Bytes {
        client
            .filter(|id| is_sane(id))
            .unwrap_or_else(|| self.make())
    }

    fn make(&self) -> Bytes {
        let mut batch = self.batch.borrow_mut();
        if batch.is_empty() {
            let mut made = BytesMut::with_capacity(BATCH * ID_BYTES);
            for _ in 0..BATCH {
                let number = self.next.replace(self.next.get().wrapping_add(1));
                put_hex(&mut made, self.seed);
                put_hex(&mut made, mix(number));
            }
            *batch = made.freeze();
        }
        batch.split_to(ID_BYTES)
    }
}

fn put_hex(made: &mut BytesMut, number: u64) {
    for byte in number.to_be_bytes() {
        made.put_slice(&HEX[usize::from(byte)]);
    }
}

/// Each byte's two digits.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut hex = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        hex[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    hex
};

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so that ids that follow
/// one another do not look alike and are still never the same.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn is_sane(id: &[u8]) -> bool {
    (1..=LONGEST_BYTES).contains(&id.len()) && id.iter().all(|byte| SANE[usize::from(*byte)])
}

/// The bytes that may stand in an id.
const SANE: [bool; 256] = {
    let mut sane = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        sane[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(
                byte as u8,
                b'-' | b'_' | b'.' | b':' | b'/' | b'+' | b'=' | b'@'
            );
        byte += 1;
    }
    sane
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_each_their_own() {
        let (one, two) = (Ids::new(), Ids::new());
        let made: HashSet<_> = (0..1000).flat_map(|_| [one.make(), two.make()]).collect();
        assert_eq!(made.len(), 2000);
        assert!(made.iter().all(|id| is_sane(id) && id.len() == 32));
    }

    #[test]
    fn only_a_sane_id_of_a_client_is_taken() {
        let ids = Ids::new();
        let of = |id: &str| ids.of(Some(Bytes::copy_from_slice(id.as_bytes())));
        assert_eq!(of("req_A-1.2:3"), "req_A-1.2:3");
        for id in ["", "a b", "a\"b", "a,b", &"x".repeat(129)] {
            assert_ne!(of(id), *id);
        }
    }
}
