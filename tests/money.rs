//! Sums that hold for every amount: money in fen, exact decimals, hours as fractions.

use std::cmp::Ordering;

use proptest::prelude::*;
use workflow::decimal::Decimal;
use workflow::hours::{Centihours, Hours, Minutes};
use workflow::money::Fen;

use crate::memory::cases;

/// What is money by its definition: digits, a point, exactly two digits, at most twelve before the point.
fn is_money(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], [yuan, fen] if digits(yuan) && digits(fen) && fen.len() == 2 && yuan.len() <= 12)
}

fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let parts: Vec<&str> = text.split('.').collect();
    match parts[..] {
        [whole] => digits(whole) && whole.len() <= 9,
        [whole, places] => digits(whole) && whole.len() <= 9 && digits(places) && places.len() <= 6,
        _ => false,
    }
}

/// Texts that look like numbers, and some that do not.
fn almost_number() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{0,13}[.,]?[0-9]{0,8}",
        "[-+ 0-9.e_￥，]{0,8}",
        "[0-9]{1,3}\\.[0-9]{2}[ \\n元0٣]?",
        ".{0,6}"
    ]
}

#[test]
fn amounts_are_read_as_the_contract_writes_them() {
    for (text, fen) in
        [("0.00", 0), ("1234.50", 123_450), ("007.00", 700), ("999999999999.99", 99_999_999_999_999)]
    {
        assert_eq!(Fen::parse(text), Ok(Fen(fen)));
    }
    assert_eq!(Fen::parse("999999999999.99"), Ok(Fen::LARGEST));
    let refused = [
        "",
        ".",
        "1",
        "1.",
        ".50",
        "1.0",
        "1.000",
        "1,00",
        "-1.00",
        "+1.00",
        " 1.00",
        "1.00 ",
        "1e3.00",
        "1.0e",
        "1_0.00",
        "１.００",
        "1.00.00",
        "1000000000000.00",
        "NaN",
        "￥1.00",
        "1.0\u{0}",
    ];
    for text in refused {
        assert!(Fen::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn people_read_amounts_in_groups_of_three() {
    let shown = [0, 5, 99_999, 100_000, 123_456_789, -123_456].map(|fen| Fen(fen).for_people());
    assert_eq!(shown, ["￥0.00", "￥0.05", "￥999.99", "￥1,000.00", "￥1,234,567.89", "−￥1,234.56"]);
    assert_eq!([Fen(-5), Fen(-100)].map(|fen| fen.to_string()), ["-0.05", "-1.00"]);
}

#[test]
fn a_split_gives_the_odd_fen_to_the_earlier_of_equals() {
    assert_eq!(Fen(100).split(&[1, 1, 1]), [Fen(34), Fen(33), Fen(33)]);
    assert_eq!(Fen(101).split(&[0, 0, 0]), [Fen(34), Fen(34), Fen(33)]);
    assert_eq!(Fen(100_001).split(&[2500, 1800, 400]), [Fen(53_192), Fen(38_298), Fen(8_511)]);
    assert_eq!(Fen(7).split(&[0, 3, 0]), [Fen(0), Fen(7), Fen(0)]);
    assert_eq!(Fen(7).split(&[]), []);
}

fn weights() -> impl Strategy<Value = Vec<i64>> {
    let weight = prop_oneof![1 => Just(0i64), 2 => 0i64..4, 4 => 0i64..10_000_000];
    prop::collection::vec(weight, 1..40)
}

fn an_hour() -> impl Strategy<Value = (i128, i128)> {
    (0i128..1_000_000_000_000_000_000, 1i128..10_000_000_000_000)
}

proptest! {
    #![proptest_config(cases(1_024))]

    #[test]
    fn money_reads_what_it_writes(fen in 0..=Fen::LARGEST.0) {
        let text = Fen(fen).to_string();
        prop_assert_eq!(Fen::parse(&text), Ok(Fen(fen)));
        prop_assert_eq!(serde_json::to_value(Fen(fen)).unwrap(), text.clone());
        prop_assert_eq!(serde_json::from_value::<Fen>(text.clone().into()).unwrap(), Fen(fen));
        let spoken: String = Fen(fen).for_people().chars().filter(|c| !matches!(c, '￥' | ',')).collect();
        prop_assert_eq!(spoken, text);
    }

    #[test]
    fn money_is_nothing_but_yuan_with_two_places(text in almost_number()) {
        match Fen::parse(&text) {
            Ok(fen) => {
                prop_assert!(is_money(&text));
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                prop_assert_eq!(digits.parse(), Ok(fen.0));
            }
            Err(error) => {
                prop_assert!(!is_money(&text));
                prop_assert_eq!(error.0, text);
            }
        }
    }

    #[test]
    fn a_split_sums_to_the_whole_and_is_fair_to_a_fen(fen in 0i64..1_000_000_000_000, weights in weights()) {
        let parts = Fen(fen).split(&weights);
        prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(fen));
        let equal = weights.iter().all(|weight| *weight == 0);
        let weights: Vec<i128> = weights.iter().map(|weight| if equal { 1 } else { i128::from(*weight) }).collect();
        let total: i128 = weights.iter().sum();
        for (part, weight) in parts.iter().zip(&weights) {
            let off = i128::from(part.0) * total - i128::from(fen) * weight;
            prop_assert!(off.abs() < total, "{} is a fen or more away", part);
        }
        let places = parts.iter().zip(&weights).enumerate();
        for (place, (part, weight)) in places {
            let later = parts.iter().zip(&weights).skip(place + 1).filter(|(_, other)| *other == weight);
            prop_assert!(later.map(|(part, _)| part).all(|other| other <= part), "a tie goes to the earlier");
        }
    }

    #[test]
    fn a_split_gives_the_odd_fen_to_the_largest_remainders(fen in 0i64..1_000_000_000, weights in weights()) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        let exact = |weight: &i64| i128::from(fen) * i128::from(*weight);
        let parts = Fen(fen).split(&weights);
        let odd = |(part, weight): &(&Fen, &i64)| i128::from(part.0) > exact(weight) / total;
        let of = |wanted: bool| parts.iter().zip(&weights).filter(move |pair| odd(pair) == wanted);
        let least_up = of(true).map(|(_, weight)| exact(weight) % total).min();
        let most_down = of(false).map(|(_, weight)| exact(weight) % total).max();
        prop_assert!(least_up.zip(most_down).is_none_or(|(up, down)| up >= down));
    }

    #[test]
    fn a_share_is_rounded_half_up(fen in 0i64..1_000_000_000_000, numerator in 0i64..3_000_000, denominator in 1i64..2_000_000) {
        let share = i128::from(Fen(fen).share(numerator, denominator).0);
        let (exact, denominator) = (i128::from(fen) * i128::from(numerator), i128::from(denominator));
        // share − ½ ≤ exact ÷ denominator < share + ½
        prop_assert!((2 * share - 1) * denominator <= 2 * exact && 2 * exact < (2 * share + 1) * denominator);
    }

    #[test]
    fn a_decimal_reads_what_it_writes(millionths in 0i64..1_000_000_000_000_000, places in 0usize..=6) {
        let written = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
        let decimal = Decimal::parse(&written).unwrap();
        prop_assert_eq!(decimal.millionths(), millionths);
        prop_assert_eq!(Decimal::parse(&decimal.to_string()), Ok(decimal));
        prop_assert!(!decimal.to_string().ends_with('.') && decimal.to_string().len() <= written.len());
        let cut = &written[..written.len() - 6 + places];
        let shorter = Decimal::parse(cut.trim_end_matches('.')).unwrap();
        prop_assert!(shorter <= decimal && decimal.millionths() - shorter.millionths() < 1_000_000);
    }

    #[test]
    fn a_decimal_is_nothing_but_digits_with_six_places(text in almost_number()) {
        prop_assert_eq!(Decimal::parse(&text).is_ok(), is_decimal(&text), "{:?}", text);
    }

    #[test]
    fn a_share_and_its_complement_are_one(millionths in 0i64..=1_000_000) {
        let share = Decimal::parse(&format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)).unwrap();
        prop_assert_eq!(share.millionths() + share.complement().millionths(), Decimal::SCALE);
    }

    #[test]
    fn hours_compare_as_the_fractions_they_are((a, b) in an_hour(), (c, d) in an_hour(), factor in 1i128..1_000) {
        let (one, other) = (Hours::new(a, b), Hours::new(c, d));
        prop_assert_eq!(one.cmp(&other), (a * d).cmp(&(c * b)));
        prop_assert_eq!(one.cmp(&Hours::new(a * factor, b * factor)), Ordering::Equal);
        prop_assert!(one < Hours::new(a * factor + 1, b * factor), "nothing is lost to rounding");
    }

    #[test]
    fn hours_beyond_others_are_exact_and_never_below_zero(a in 0i128..1_000_000_000, b in 1i128..1_000_000, c in 0i128..1_000_000_000, d in 1i128..1_000_000) {
        let (one, other) = (Hours::new(a, b), Hours::new(c, d));
        prop_assert_eq!(one.beyond(other), Hours::new((a * d - c * b).max(0), b * d));
        prop_assert!(one.beyond(other) == Hours::ZERO || other.beyond(one) == Hours::ZERO);
    }

    #[test]
    fn hours_are_shown_half_up_and_capacities_down((a, b) in an_hour()) {
        let hours = Hours::new(a % 1_000_000_000_000, b);
        let (exact, rounded) = (a % 1_000_000_000_000 * 100, i128::from(hours.rounded().0));
        prop_assert!((2 * rounded - 1) * b <= 2 * exact && 2 * exact < (2 * rounded + 1) * b);
        prop_assert_eq!(i128::from(hours.floored().0), exact / b);
        prop_assert!(hours.floored().exact() <= hours);
    }

    #[test]
    fn shares_of_hours_add_up_to_the_whole(minutes in 0i64..1_000_000_000, days in prop::collection::vec(1u32..24, 1..14)) {
        let hours = Minutes::whole(minutes).hours();
        let total: u32 = days.iter().sum();
        let mut left = hours;
        for part in &days {
            left = left.beyond(hours.share(*part, total));
        }
        prop_assert_eq!(left, Hours::ZERO);
        let rounded: i64 = days.iter().map(|part| hours.share(*part, total).rounded().0).sum();
        let off = (rounded - hours.rounded().0).abs();
        prop_assert!(off <= i64::try_from(days.len()).unwrap(), "each month is off by half a hundredth at most");
    }

    #[test]
    fn minutes_are_units_times_minutes_each(units in 0i64..10_000_000, millionths in 0i64..1_000_000_000) {
        let each = Decimal::parse(&format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)).unwrap();
        let minutes = Minutes::of(units, each);
        let exact = i128::from(units) * i128::from(millionths);
        prop_assert_eq!(minutes.hours(), Hours::new(exact, 60_000_000));
        prop_assert_eq!(minutes.is_zero(), exact == 0);
        prop_assert!(minutes.beyond(minutes).is_zero());
        prop_assert_eq!(minutes.plus(minutes).beyond(minutes), minutes);
    }

    #[test]
    fn booked_hours_read_what_they_write(hundredths in 0..=Fen::LARGEST.0) {
        let booked = Centihours(hundredths);
        prop_assert_eq!(Centihours::parse(&booked.to_string()), Ok(booked));
        prop_assert_eq!(booked.exact().rounded(), booked);
    }
}
