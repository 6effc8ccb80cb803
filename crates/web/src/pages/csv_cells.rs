//! Cells of CSV that spreadsheets open without harm.

/// A mark at the start tells spreadsheets that it is UTF-8.
pub(crate) const UTF_8: &str = "\u{feff}";

/// A cell that no spreadsheet takes for a formula.
pub(crate) fn cell(value: impl AsRef<str>) -> String {
    let value = value.as_ref();
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}
