//! Working time: exact hours for comparing, hundredths of an hour for booking and showing.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::Decimal;
use crate::language::Bilingual;
use crate::money::{Fen, half_up, narrow};
use crate::words;

words! {
    /// Whose hours a task takes; a community without a service station has the committee's only.
    Pool {
        Committee = "committee", "居委会", "residents' committee";
        Station = "station", "公共服务站", "service station";
    }
}

/// Minutes of work, exact to a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Minutes(pub(crate) i128);

impl Minutes {
    /// `units × minutes a unit`.
    #[must_use]
    pub fn of(units: i64, each: Decimal) -> Minutes {
        Minutes(i128::from(units) * i128::from(each.millionths()))
    }

    /// Whole minutes.
    #[must_use]
    pub fn whole(minutes: i64) -> Minutes {
        Minutes::of(minutes, Decimal::ONE)
    }

    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    #[must_use]
    pub fn plus(self, other: Minutes) -> Minutes {
        Minutes(self.0 + other.0)
    }

    /// `self − other`, never below zero.
    #[must_use]
    pub fn beyond(self, other: Minutes) -> Minutes {
        Minutes((self.0 - other.0).max(0))
    }

    #[must_use]
    pub fn hours(self) -> Hours {
        Hours::new(self.0, 60 * i128::from(Decimal::SCALE))
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = half_up(self.0 * 100, i128::from(Decimal::SCALE));
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Hours as an exact fraction; rounded half up to two places only when shown.
#[derive(Debug, Clone, Copy)]
pub struct Hours {
    numerator: i128,
    denominator: i128,
}

impl Hours {
    pub const ZERO: Hours = Hours { numerator: 0, denominator: 1 };

    /// `numerator ÷ denominator` hours; the denominator must be positive.
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Hours {
        let divisor = greatest_common_divisor(numerator.abs(), denominator).max(1);
        Hours { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    /// `self × part ÷ whole`.
    #[must_use]
    pub fn share(self, part: u32, whole: u32) -> Hours {
        Hours::new(self.numerator * i128::from(part), self.denominator * i128::from(whole.max(1)))
    }

    /// `self × rate`.
    #[must_use]
    pub fn times(self, rate: Decimal) -> Hours {
        let scaled = self.numerator * i128::from(rate.millionths());
        Hours::new(scaled, self.denominator * i128::from(Decimal::SCALE))
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(self, other: Hours) -> Hours {
        let sum = self.numerator * other.denominator + other.numerator * self.denominator;
        Hours::new(sum, self.denominator * other.denominator)
    }

    /// `self − other`, never below zero.
    #[must_use]
    pub fn beyond(self, other: Hours) -> Hours {
        let difference = self.numerator * other.denominator - other.numerator * self.denominator;
        Hours::new(difference.max(0), self.denominator * other.denominator)
    }

    /// Rounded half up to hundredths of an hour, the unit of bookings.
    #[must_use]
    pub fn rounded(self) -> Centihours {
        Centihours(narrow(half_up(self.numerator * 100, self.denominator)))
    }

    /// Rounded down to hundredths of an hour: a capacity never grows by rounding.
    #[must_use]
    pub fn floored(self) -> Centihours {
        Centihours(narrow(self.numerator * 100 / self.denominator))
    }
}

impl PartialEq for Hours {
    fn eq(&self, other: &Hours) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Hours {}

impl PartialOrd for Hours {
    fn partial_cmp(&self, other: &Hours) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Hours {
    fn cmp(&self, other: &Hours) -> Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rounded().serialize(serializer)
    }
}

/// Hundredths of an hour: what is booked, stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Centihours(pub i64);

/// Why a text is no number of hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no number of hours with two places, such as `950.00`")]
pub struct NotHours(pub String);

impl From<NotHours> for Bilingual {
    fn from(error: NotHours) -> Bilingual {
        (format!("“{}”不是工时，应带两位小数，如 950.00", error.0), error.to_string()).into()
    }
}

impl Centihours {
    /// Reads hours with two places, such as `950.00`.
    ///
    /// # Errors
    /// The same forms that are no money: hours and yuan are written alike.
    pub fn parse(text: &str) -> Result<Centihours, NotHours> {
        let read = Fen::parse(text).map(|Fen(hundredths)| Centihours(hundredths));
        read.map_err(|_| NotHours(text.to_owned()))
    }

    #[must_use]
    pub fn exact(self) -> Hours {
        Hours::new(i128::from(self.0), 100)
    }
}

impl fmt::Display for Centihours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Fen(self.0).fmt(f)
    }
}

impl Serialize for Centihours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Centihours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Centihours, D::Error> {
        let text = String::deserialize(deserializer)?;
        Centihours::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn greatest_common_divisor(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
