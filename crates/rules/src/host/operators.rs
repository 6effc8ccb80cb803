//! Comparison, sums and dates, typed. The language has operators of its own for what is not registered here; every
//! one of them is refused, since it would find a text and a number merely unequal.

use chrono::{Datelike, NaiveDate};
use rhai::{Dynamic, Engine, EvalAltResult, INT, ImmutableString};
use workflow::money::Fen;

/// Operators for which a script has no use; it may not even write them.
const UNUSED: [&str; 24] = [
    "*", "/", "%", "**", "<<", ">>", "&", "^", "..", "..=", "??", "?.", "?[", "+=", "-=", "*=", "/=", "%=",
    "**=", "<<=", ">>=", "&=", "|=", "^=",
];

/// Operators that are typed; for any other pair of values they are an error. `|` is needed between cases of `switch`.
const TYPED: [&str; 9] = ["==", "!=", "<", "<=", ">", ">=", "+", "-", "|"];

/// Registers the six comparisons of one type.
macro_rules! comparisons {
    ($engine:expr, $kind:ty) => {
        $engine
            .register_fn("==", |a: $kind, b: $kind| a == b)
            .register_fn("!=", |a: $kind, b: $kind| a != b)
            .register_fn("<", |a: $kind, b: $kind| a < b)
            .register_fn("<=", |a: $kind, b: $kind| a <= b)
            .register_fn(">", |a: $kind, b: $kind| a > b)
            .register_fn(">=", |a: $kind, b: $kind| a >= b);
    };
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<NaiveDate>("date").register_type_with_name::<Fen>("money");
    comparisons!(engine, INT);
    comparisons!(engine, ImmutableString);
    comparisons!(engine, NaiveDate);
    comparisons!(engine, Fen);
    engine
        .register_fn("==", |a: bool, b: bool| a == b)
        .register_fn("!=", |a: bool, b: bool| a != b)
        .register_fn("!", |a: bool| !a)
        .register_fn("+", |a: INT, b: INT| checked(a.checked_add(b)))
        .register_fn("-", |a: INT, b: INT| checked(a.checked_sub(b)))
        .register_fn("+", |a: Fen, b: Fen| checked(a.0.checked_add(b.0)).map(Fen))
        .register_fn("-", |a: Fen, b: Fen| checked(a.0.checked_sub(b.0)).map(Fen));
    refuse_the_rest(engine);
    engine
        .register_fn("plus_days", |date: NaiveDate, days: INT| {
            let days = u64::try_from(days).ok().map(chrono::Days::new);
            in_range(days.and_then(|days| date.checked_add_days(days)))
        })
        .register_fn("plus_months", |date: NaiveDate, months: INT| {
            let months = u32::try_from(months).ok().map(chrono::Months::new);
            in_range(months.and_then(|months| date.checked_add_months(months)))
        })
        .register_fn("end_of_year", |date: NaiveDate| in_range(NaiveDate::from_ymd_opt(date.year(), 12, 31)));
}

fn refuse_the_rest(engine: &mut Engine) {
    for operator in UNUSED {
        engine.disable_symbol(operator);
    }
    for operator in TYPED {
        engine.register_fn(operator, move |_: Dynamic, _: Dynamic| -> Result<Dynamic, Box<EvalAltResult>> {
            Err(format!("`{operator}` needs two values of the same kind, and a kind that has it").into())
        });
    }
}

fn checked(result: Option<INT>) -> Result<INT, Box<EvalAltResult>> {
    result.ok_or_else(|| "the result is too large".into())
}

fn in_range(date: Option<NaiveDate>) -> Result<NaiveDate, Box<EvalAltResult>> {
    date.ok_or_else(|| "the date is out of range".into())
}
