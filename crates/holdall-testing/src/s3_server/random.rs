//! A seeded stream of numbers, for upload ids and for faults that strike with a probability.

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014): eight lines, no dependency, the same on every platform. A test
/// that failed is repeated by giving the server the same seed.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream that belongs to `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// True with probability `p`: never for 0, always for 1.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        // 32 bits are exact in an f64, and the highest value divided stays below 1.
        let high = u32::try_from(self.next_u64() >> 32).unwrap_or(u32::MAX);
        f64::from(high) / (f64::from(u32::MAX) + 1.0) < p
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_reference_vector_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next_u64()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn certain_and_impossible_chances_are_just_that() {
        let mut random = Random::new(7);
        assert!((0..1000).all(|_| random.chance(1.0)));
        assert!(!(0..1000).any(|_| random.chance(0.0)));
    }
}
