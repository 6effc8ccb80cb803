//! Chance that is the same on every machine: `SplitMix64` (Steele, Lea, Flood 2014) from a seed number. Every decision has
//! dice of its own, so that one decision more changes no other.

/// Dice for one decision.
pub(crate) struct Dice(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Dice {
    /// The dice of one question about one thing.
    pub(crate) fn of(seed: u64, thing: u64, question: &str) -> Dice {
        let asked =
            question.bytes().fold(seed, |state, byte| mixed(state.wrapping_add(STEP) ^ u64::from(byte)));
        Dice(mixed(asked ^ thing.wrapping_mul(STEP)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// 0 to one less than `sides`; 0 for no sides.
    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.next().checked_rem(sides).unwrap_or(0)
    }

    /// From the first to the last, both included.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// So many times in a hundred.
    pub(crate) fn percent(&mut self, times: u64) -> bool {
        self.below(100) < times
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let place = self.below(u64::try_from(among.len()).unwrap_or(0));
        among.get(usize::try_from(place).unwrap_or(0))
    }

    /// One of them, by weight.
    pub(crate) fn weigh<T: Copy>(&mut self, among: &[(T, u64)]) -> Option<T> {
        let mut left = self.below(among.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in among {
            match left.checked_sub(*weight) {
                None => return Some(*one),
                Some(rest) => left = rest,
            }
        }
        None
    }
}
