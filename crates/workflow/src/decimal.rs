//! Exact non-negative decimals with at most six places: coverage, minutes a unit, rates.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::language::Bilingual;

/// A decimal from 0 to 999,999,999.999999, held as an integer of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

/// Why a text is no decimal of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no decimal such as `0.25` with at most six places")]
pub struct NotDecimal(pub String);

impl From<NotDecimal> for Bilingual {
    fn from(error: NotDecimal) -> Bilingual {
        (format!("“{}”不是小数，应如 0.25，最多六位小数", error.0), error.to_string()).into()
    }
}

impl Decimal {
    /// How many parts make one.
    pub const SCALE: i64 = 1_000_000;
    const LARGEST: i64 = 1_000_000_000 * Self::SCALE - 1;
    pub const ONE: Decimal = Decimal(Self::SCALE);

    /// Reads digits, optionally followed by a point and one to six digits.
    ///
    /// # Errors
    /// Anything else: signs, exponents, more places, more than nine digits before the point.
    pub fn parse(text: &str) -> Result<Decimal, NotDecimal> {
        let fault = || NotDecimal(text.to_owned());
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let (whole, places) = match text.split_once('.') {
            Some((whole, places)) if plain(places) && places.len() <= 6 => (whole, places),
            Some(_) => return Err(fault()),
            None => (text, ""),
        };
        if !plain(whole) || whole.len() > 9 {
            return Err(fault());
        }
        format!("{whole}{places:0<6}").parse().map(Decimal).map_err(|_| fault())
    }

    /// A value of so many millionths; the largest there is where they are more, zero where they are below it.
    pub(crate) fn of_millionths(millionths: i128) -> Decimal {
        Decimal(i64::try_from(millionths.max(0)).map_or(Self::LARGEST, |found| found.min(Self::LARGEST)))
    }

    /// The value in millionths.
    #[must_use]
    pub fn millionths(self) -> i64 {
        self.0
    }

    /// `1 − self` for a share of at most one.
    #[must_use]
    pub fn complement(self) -> Decimal {
        Decimal((Self::SCALE - self.0).max(0))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0 / Self::SCALE;
        let places = format!("{:06}", self.0 % Self::SCALE);
        match places.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            places => write!(f, "{whole}.{places}"),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::parse(&text).map_err(serde::de::Error::custom)
    }
}
