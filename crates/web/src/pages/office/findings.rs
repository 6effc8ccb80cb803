//! What the rules found, as the office reads it before it decides: each finding with its citation, its conditions apart.

use serde_json::Value;
use workflow::assessment::Severity;

use crate::tongue::Tongue;

/// One finding.
pub(super) struct Finding {
    pub(super) code: String,
    pub(super) severity: &'static str,
    pub(super) tone: &'static str,
    pub(super) message: String,
    pub(super) citation: String,
}

/// The findings of a decision record, in the order of the rules.
pub(super) fn read(assessment: &Value, tongue: Tongue) -> Vec<Finding> {
    let found = assessment.get("findings").and_then(Value::as_array);
    found.into_iter().flatten().map(|finding| Finding::read(finding, tongue)).collect()
}

impl Finding {
    fn read(finding: &Value, tongue: Tongue) -> Finding {
        let text = |pointer: &str| finding.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let severity = Severity::from_word(text("/severity"));
        Finding {
            code: text("/code").to_owned(),
            severity: severity.map(|severity| severity.name(tongue.0)).unwrap_or_default(),
            tone: match severity {
                Some(Severity::Return | Severity::Prohibit) => "bad",
                Some(Severity::Refer | Severity::Condition) => "wait",
                _ => "quiet",
            },
            message: text(&format!("/message/{}", tongue.0.code())).to_owned(),
            citation: text("/citation").to_owned(),
        }
    }
}
