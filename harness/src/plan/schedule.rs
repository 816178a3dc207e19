//! The order of trials: every entrant once a block, shuffled by a seed.

use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;

/// One trial of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The block, from 1.
    pub block: u32,
    /// The entrant's name.
    pub entrant: String,
    /// What the order within the trial depends on, beside block and seed: the
    /// entrant's name, or what entrants have in common that take turns.
    pub shuffled_as: String,
}

/// All trials in the order in which they run: block after block, in each the
/// entrants in an order of its own.
pub fn schedule(entrants: &[String], blocks: u32, seed: u64) -> Vec<Slot> {
    let mut slots = Vec::with_capacity(entrants.len() * blocks as usize);
    for block in 1..=blocks {
        let mut order = entrants.to_vec();
        order.shuffle(&mut generator(seed, block, "order of entrants"));
        slots.extend(order.into_iter().map(|entrant| Slot {
            block,
            shuffled_as: entrant.clone(),
            entrant,
        }));
    }
    slots
}

/// `items` in the order in which one trial goes through them in one phase.
pub fn workload_order<T: Clone>(items: &[T], slot: &Slot, phase: &str, seed: u64) -> Vec<T> {
    let mut order = items.to_vec();
    let purpose = format!("{}/{phase}", slot.shuffled_as);
    order.shuffle(&mut generator(seed, slot.block, &purpose));
    order
}

/// A generator that depends on the seed, the block and what it is for, and on
/// nothing else: a run resumed in the middle shuffles as it would have.
fn generator(seed: u64, block: u32, purpose: &str) -> SmallRng {
    // FNV-1a, 64 bits: any fixed spreading of the purpose's bytes will do.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in purpose.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    SmallRng::seed_from_u64(seed ^ hash ^ (u64::from(block) << 40))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("e{index}")).collect()
    }

    #[test]
    fn every_entrant_runs_once_a_block() {
        let slots = schedule(&names(5), 20, 1);
        for block in 1..=20 {
            let mut seen: Vec<_> = slots
                .iter()
                .filter(|slot| slot.block == block)
                .map(|slot| slot.entrant.clone())
                .collect();
            seen.sort();
            assert_eq!(seen, names(5));
        }
    }

    #[test]
    fn the_seed_fixes_the_order_and_blocks_differ() {
        let slots = schedule(&names(6), 8, 42);
        assert_eq!(slots, schedule(&names(6), 8, 42));
        assert_ne!(slots, schedule(&names(6), 8, 43));
        let order = |block: u32| -> Vec<String> {
            let of_block = slots.iter().filter(|slot| slot.block == block);
            of_block.map(|slot| slot.entrant.clone()).collect()
        };
        let first = order(1);
        assert!((2..=8).any(|block| order(block) != first));
    }

    #[test]
    fn phases_are_shuffled_apart() {
        let slot = Slot {
            shuffled_as: "a".into(),
            block: 1,
            entrant: "a".into(),
        };
        let items: Vec<u32> = (0..30).collect();
        let order = workload_order(&items, &slot, "latency", 1);
        assert_eq!(order, workload_order(&items, &slot, "latency", 1));
        assert_ne!(order, workload_order(&items, &slot, "capacity", 1));
    }
}
