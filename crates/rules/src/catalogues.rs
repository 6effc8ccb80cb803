//! The catalogue of items from CSV.

use workflow::calendar::read_day;
use workflow::catalogue::{Catalogue, Class, Function, Item, Open};
use workflow::decimal::Decimal;
use workflow::language::Bilingual;

use crate::error::CsvFault;

/// The heading of a catalogue file. `function` is 1–7 or `outside`; the hours are those of the standard community.
pub const CATALOGUE_COLUMNS: [&str; 16] = [
    "code",
    "category_code",
    "category_zh",
    "category_en",
    "zh",
    "en",
    "function",
    "class",
    "requester_zh",
    "requester_en",
    "hours_per_occurrence",
    "unit",
    "annual_count_std",
    "annual_hours_std",
    "frequency",
    "note",
];

/// Columns that may follow: the first and the last day of an item (`YYYY-MM-DD`, or blank).
pub const CATALOGUE_DATES: [&str; 2] = ["valid_from", "valid_until"];

/// Reads a catalogue.
///
/// # Errors
/// The first row with an unknown class or function, hours that are no decimal, or a code that is given twice.
pub fn read_catalogue(text: &str) -> Result<Catalogue, CsvFault> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().map_err(|error| CsvFault::unread(1, error))?;
    let with_dates = CATALOGUE_COLUMNS.iter().chain(&CATALOGUE_DATES).copied();
    if columns.iter().ne(CATALOGUE_COLUMNS) && columns.iter().ne(with_dates) {
        let (needed, may_follow) = (CATALOGUE_COLUMNS.join(","), CATALOGUE_DATES.join(","));
        let zh = format!("表头应为 {needed}，其后可有 {may_follow}");
        let en = format!("the heading must be {needed}, and {may_follow} may follow");
        return Err(CsvFault::new(1, "", (zh, en)));
    }
    let mut catalogue = Catalogue::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = record.map_err(|error| CsvFault::unread(row, error))?;
        let item = item(row, &record)?;
        let code = item.code.clone();
        if catalogue.insert(code.clone(), item).is_some() {
            let twice = (format!("“{code}”重复"), format!("`{code}` is given twice"));
            return Err(CsvFault::new(row, "code", twice));
        }
    }
    Ok(catalogue)
}

fn item(row: usize, record: &csv::StringRecord) -> Result<Item, CsvFault> {
    let cell = |index: usize| record.get(index).unwrap_or_default().trim();
    let both = |zh: usize, en: usize| Bilingual { zh: cell(zh).to_owned(), en: cell(en).to_owned() };
    if cell(0).is_empty() {
        return Err(CsvFault::new(row, "code", ("代码不能为空", "the code must not be blank")));
    }
    let function = match cell(6) {
        "outside" => None,
        number => Some(number.parse().ok().and_then(Function::of_number).ok_or_else(|| {
            let zh = format!("“{number}”应为 1 至 7 或 outside（七项职能以外）");
            CsvFault::new(row, "function", (zh, format!("`{number}` is neither 1 to 7 nor `outside`")))
        })?),
    };
    let no_class = |text: &str| (format!("没有“{text}”这个类别"), format!("`{text}` is no class"));
    let class = Class::from_word(cell(7)).ok_or_else(|| CsvFault::new(row, "class", no_class(cell(7))))?;
    let yearly_hours =
        Decimal::parse(cell(13)).map_err(|error| CsvFault::new(row, "annual_hours_std", error))?;
    let no_date = |text: &str| {
        (format!("“{text}”不是日期，应如 2026-12-31"), format!("`{text}` is no date such as `2026-12-31`"))
    };
    let day = |index: usize, name: &'static str| match cell(index) {
        "" => Ok(None),
        text => read_day(text).map(Some).ok_or_else(|| CsvFault::new(row, name, no_date(text))),
    };
    let open = Open { from: day(16, CATALOGUE_DATES[0])?, until: day(17, CATALOGUE_DATES[1])? };
    Ok(Item {
        code: cell(0).to_owned(),
        title: both(4, 5),
        category: both(2, 3),
        function,
        class,
        yearly_hours,
        requester: both(8, 9),
        open,
    })
}
