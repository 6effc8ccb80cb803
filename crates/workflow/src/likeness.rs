//! Whether two titles are alike: by pairs of neighbouring characters, which need no dictionary of Chinese words. Numbers
//! do not count, since parts of a split task are often told apart by them alone (第一期, 第2批, 5月).

use std::collections::BTreeMap;

use crate::decimal::Decimal;

/// Whether the share of common pairs, `2 × common ÷ (pairs of one + pairs of the other)`, reaches `least`. A title
/// without letters is like no other.
#[must_use]
pub fn are_alike(one: &str, other: &str, least: Decimal) -> bool {
    let (one, other) = (plain(one), plain(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    if one == other {
        return true;
    }
    let (ours, theirs) = (pairs(&one), pairs(&other));
    let common: usize =
        ours.iter().map(|(pair, count)| theirs.get(pair).map_or(0, |other| *count.min(other))).sum();
    let all = one.len() + other.len() - 2;
    let (common, all) = (wide(2 * common), wide(all));
    all > 0 && common * i128::from(Decimal::SCALE) >= all * i128::from(least.millionths())
}

/// Letters and characters in lower case, without marks, spaces and numbers.
fn plain(title: &str) -> Vec<char> {
    let is_number = |c: &char| c.is_numeric() || "〇零一二三四五六七八九十百两".contains(*c);
    let letters = title.chars().filter(|c| c.is_alphanumeric() && !is_number(c));
    letters.flat_map(char::to_lowercase).collect()
}

fn pairs(title: &[char]) -> BTreeMap<&[char], usize> {
    let mut pairs = BTreeMap::new();
    for pair in title.windows(2) {
        *pairs.entry(pair).or_default() += 1;
    }
    pairs
}

fn wide(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}
