//! Chance that can be had again: the same seed gives the same throws.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and even enough for shares.
#[derive(Clone, Default)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// Dice that begin with a seed.
    pub fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number from 0 up to, and without, 1.
    pub fn throw(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let upper = u32::try_from(mixed >> 32).unwrap_or(u32::MAX);
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }

    /// Whether it hits a share. A share of nothing costs no throw.
    pub fn hits(&mut self, share: f64) -> bool {
        share > 0.0 && self.throw() < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_hit_about_as_often_as_it_says_and_again_with_the_same_seed() {
        let hits = |seed| {
            let mut dice = Dice::seeded(seed);
            (0..10_000).map(|_| dice.hits(0.1)).collect::<Vec<_>>()
        };
        let count = hits(7).iter().filter(|hit| **hit).count();
        assert!((900..1100).contains(&count), "{count}");
        assert_eq!(hits(7), hits(7));
        assert_ne!(hits(7), hits(8));
        let mut dice = Dice::seeded(1);
        assert!(dice.hits(1.0) && !dice.hits(0.0));
    }
}
