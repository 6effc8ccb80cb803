//! Charts as SVG, drawn here and readable without colour: parts keep their order and stand beside a table. Whole numbers
//! only; colours are classes of the style sheet.

use std::fmt::Write;

/// A part of a bar: how much it is, the class of its colour, and what it says when pointed at.
pub(crate) struct Part {
    pub(crate) class: &'static str,
    pub(crate) amount: i64,
    pub(crate) title: String,
}

/// A column of parts, laid on one another from the bottom, with a word below it.
pub(crate) struct Column {
    pub(crate) word: String,
    pub(crate) parts: Vec<Part>,
}

/// How wide a lying bar is drawn, in its own units.
const WIDTH: i64 = 1000;
/// How high columns are drawn.
const HEIGHT: i64 = 96;
/// From one column to the next.
const STEP: i64 = 34;
/// How wide a column is.
const BROAD: i64 = 24;
/// Room for the words of a scale.
const MARGIN: i64 = 40;

/// A lying bar; `whole` is what would fill it.
pub(crate) fn bar(parts: &[Part], whole: i64) -> String {
    let mut svg = format!(
        r#"<svg class="bar" viewBox="0 0 {WIDTH} 20" preserveAspectRatio="none" aria-hidden="true">"#
    );
    let mut at = 0;
    for part in parts {
        let long = scaled(part.amount, WIDTH, whole);
        rectangle(&mut svg, [at, 2, long, 16], part);
        at += long;
    }
    svg.push_str("</svg>");
    svg
}

/// Standing columns, all to the same scale.
pub(crate) fn columns(columns: &[Column], (whole, label): (i64, &str)) -> String {
    let wide = across(columns);
    drawn(columns, (whole, label), (0, &ground(wide)))
}

/// Standing columns with lines at round amounts, whose words stand to the left.
pub(crate) fn measured(
    columns: &[Column],
    (most, label): (i64, &str),
    word: impl Fn(i64) -> String,
) -> String {
    let (wide, top) = (across(columns), round_above(most));
    let mut behind = String::new();
    for (amount, y) in [(top, 4), (top / 2, HEIGHT - (HEIGHT - 4) / 2)] {
        let _ = write!(
            behind,
            r#"<path class="scale" d="M0 {y}H{wide}"/><text class="scale" x="-4" y="{}" text-anchor="end">{}</text>"#,
            y + 2,
            escaped(&word(amount))
        );
    }
    behind.push_str(&ground(wide));
    drawn(columns, (top, label), (MARGIN, &behind))
}

/// The smallest of 1, 2, 4, 5, 6, 8 and 10 times a power of ten that is not below an amount.
fn round_above(amount: i64) -> i64 {
    let power = 10_i64.pow(amount.max(1).ilog10());
    [1, 2, 4, 5, 6, 8].into_iter().map(|step| step * power).find(|top| *top >= amount).unwrap_or(10 * power)
}

fn across(columns: &[Column]) -> i64 {
    STEP * i64::try_from(columns.len().max(1)).unwrap_or(1)
}

fn ground(wide: i64) -> String {
    format!(r#"<path class="ground" d="M0 {HEIGHT}H{wide}"/>"#)
}

/// Columns before what lies behind them, with room to the left.
fn drawn(columns: &[Column], (whole, label): (i64, &str), (margin, behind): (i64, &str)) -> String {
    let (wide, high) = (across(columns) + margin, HEIGHT + 18);
    let mut svg = format!(
        r#"<svg class="columns" width="{wide}" height="{high}" viewBox="-{margin} 0 {wide} {high}" role="img" aria-label="{}">{behind}"#,
        escaped(label)
    );
    let mut left = (STEP - BROAD) / 2;
    for column in columns {
        let mut bottom = HEIGHT;
        for part in &column.parts {
            let tall = scaled(part.amount, HEIGHT - 4, whole);
            rectangle(&mut svg, [left, bottom - tall, BROAD, tall], part);
            bottom -= tall;
        }
        let (middle, low) = (left + BROAD / 2, HEIGHT + 14);
        let word = escaped(&column.word);
        let _ = write!(svg, r#"<text x="{middle}" y="{low}" text-anchor="middle">{word}</text>"#);
        left += STEP;
    }
    svg.push_str("</svg>");
    svg
}

fn rectangle(svg: &mut String, [x, y, width, height]: [i64; 4], part: &Part) {
    if width > 0 && height > 0 {
        let _ = write!(
            svg,
            r#"<rect class="{}" x="{x}" y="{y}" width="{width}" height="{height}"><title>{}</title></rect>"#,
            part.class,
            escaped(&part.title)
        );
    }
}

/// The share of a length that an amount takes of a whole; something is never nothing.
pub(crate) fn scaled(amount: i64, length: i64, whole: i64) -> i64 {
    if amount <= 0 || whole <= 0 {
        return 0;
    }
    let exact = i128::from(amount) * i128::from(length) / i128::from(whole);
    i64::try_from(exact).unwrap_or(length).clamp(2, length)
}

/// Text as it may stand in SVG.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
