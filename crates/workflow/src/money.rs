//! Money: integer fen (分), written as yuan with two places (`policy.md` §4). No floating point anywhere.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::language::Bilingual;

/// An amount of money in fen; 100 fen are one yuan. Negative only as the balance of the outer account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(pub i64);

/// Why a text is no amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no amount in yuan with two places, such as `1234.50`")]
pub struct NotMoney(pub String);

impl From<NotMoney> for Bilingual {
    fn from(error: NotMoney) -> Bilingual {
        (format!("“{}”不是金额，应以元为单位、带两位小数，如 1234.50", error.0), error.to_string()).into()
    }
}

impl Fen {
    pub const ZERO: Fen = Fen(0);
    /// The largest amount that is read from outside: 999,999,999,999.99 yuan.
    pub const LARGEST: Fen = Fen(99_999_999_999_999);

    /// Reads a non-negative amount such as `1234.50`: digits, a point, exactly two digits.
    ///
    /// # Errors
    /// Anything else, and amounts above [`Fen::LARGEST`].
    pub fn parse(text: &str) -> Result<Fen, NotMoney> {
        let fault = || NotMoney(text.to_owned());
        let (yuan, fen) = text.split_once('.').ok_or_else(fault)?;
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(yuan) || !plain(fen) || fen.len() != 2 || yuan.len() > 12 {
            return Err(fault());
        }
        format!("{yuan}{fen}").parse().map(Fen).map_err(|_| fault())
    }

    /// `self × numerator ÷ denominator`, rounded half up; both factors must not be negative.
    #[must_use]
    pub fn share(self, numerator: i64, denominator: i64) -> Fen {
        let product = i128::from(self.0) * i128::from(numerator);
        Fen(narrow(half_up(product, i128::from(denominator))))
    }

    /// Splits into parts in proportion to `weights` that sum exactly to the whole, by largest remainder;
    /// ties go to the earlier weight. Equal parts where all weights are 0 (`contract.md`, direct costs).
    #[must_use]
    pub fn split(self, weights: &[i64]) -> Vec<Fen> {
        let equal = vec![1; weights.len()];
        let weights = if weights.iter().all(|w| *w == 0) { &equal } else { weights };
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total == 0 {
            return Vec::new();
        }
        let exact: Vec<i128> = weights.iter().map(|w| i128::from(self.0) * i128::from(*w)).collect();
        let mut parts: Vec<i128> = exact.iter().map(|e| e / total).collect();
        let left = usize::try_from(i128::from(self.0) - parts.iter().sum::<i128>()).unwrap_or(0);
        let mut order: Vec<usize> = (0..exact.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(exact.get(*i).map_or(0, |e| e % total)));
        for index in order.into_iter().take(left) {
            if let Some(part) = parts.get_mut(index) {
                *part += 1;
            }
        }
        parts.into_iter().map(|part| Fen(narrow(part))).collect()
    }

    /// `￥1,234.56`, for people.
    #[must_use]
    pub fn for_people(self) -> String {
        let text = Fen(self.0.abs()).to_string();
        let (yuan, fen) = text.split_once('.').unwrap_or((&text, "00"));
        let mut grouped = String::new();
        for (place, digit) in yuan.chars().enumerate() {
            if place > 0 && (yuan.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "−" } else { "" };
        format!("{sign}￥{grouped}.{fen}")
    }
}

/// `numerator ÷ denominator` rounded half up, for a non-negative numerator and a positive denominator.
pub(crate) fn half_up(numerator: i128, denominator: i128) -> i128 {
    (2 * numerator + denominator) / (2 * denominator)
}

/// Facts are limited when they are read (`facts::limits`) so that every sum of them fits.
pub(crate) fn narrow(value: i128) -> i64 {
    i64::try_from(value).expect("facts are limited so that sums fit 64 bits")
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Add for Fen {
    type Output = Fen;
    fn add(self, other: Fen) -> Fen {
        Fen(self.0 + other.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Fen) {
        self.0 += other.0;
    }
}

impl Sub for Fen {
    type Output = Fen;
    fn sub(self, other: Fen) -> Fen {
        Fen(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Fen;
    fn neg(self) -> Fen {
        Fen(-self.0)
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, Add::add)
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
        let text = String::deserialize(deserializer)?;
        Fen::parse(&text).map_err(serde::de::Error::custom)
    }
}
