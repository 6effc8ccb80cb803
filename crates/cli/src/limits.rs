//! Limits as people look at them: what runs, what is late, what a new calendar has moved, what could not be carried out.

use workflow::moved::MovedLimit;

use crate::print::{self, Failure};
use crate::settings::Common;

/// What a new calendar has moved, from which day to which.
pub(crate) fn moved(common: &Common, limits: &[MovedLimit]) -> Result<(), Failure> {
    if limits.is_empty() {
        return Ok(());
    }
    let provisional = common.say(" 暂定", " provisional");
    let row = |limit: &MovedLimit| {
        let mark = if limit.provisional { provisional } else { "" };
        vec![
            limit.number.clone(),
            limit.title.clone(),
            limit.stage.name(common.language()).to_owned(),
            limit.old_due.to_string(),
            format!("{}{mark}", limit.new_due),
        ]
    };
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "title"),
        common.say("环节", "stage"),
        common.say("原时限", "old limit"),
        common.say("新时限", "new limit"),
    ];
    Ok(print::line(print::table(&heading, &[], limits.iter().map(row).collect()))?)
}
