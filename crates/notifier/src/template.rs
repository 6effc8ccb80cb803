//! The wording of letters: one folder per kind of notice, two texts in two languages, compiled in.

use workflow::language::Language;
use workflow::notice::NoticeKind;

/// Subject and body with `{name}` places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    pub(crate) subject: &'static str,
    pub(crate) body: &'static str,
}

macro_rules! texts {
    ($folder:literal, $language:literal) => {
        Template {
            subject: include_str!(concat!("../templates/", $folder, "/subject.", $language, ".txt")),
            body: include_str!(concat!("../templates/", $folder, "/body.", $language, ".txt")),
        }
    };
    ($folder:literal) => {
        (texts!($folder, "zh"), texts!($folder, "en"))
    };
}

pub(crate) fn template(kind: NoticeKind, language: Language) -> Template {
    let (chinese, english) = match kind {
        NoticeKind::Submitted => texts!("submitted"),
        NoticeKind::Returned => texts!("returned"),
        NoticeKind::Quoted => texts!("quoted"),
        NoticeKind::Decided => texts!("decided"),
        NoticeKind::Funded => texts!("funded"),
        NoticeKind::Invited => texts!("invited"),
        NoticeKind::Nudged => texts!("nudged"),
        NoticeKind::Assigned => texts!("assigned"),
        NoticeKind::LimitNear => texts!("limit_near"),
        NoticeKind::LimitPassed => texts!("limit_passed"),
        NoticeKind::Escalated => texts!("escalated"),
        NoticeKind::CardGiven => texts!("card_given"),
        NoticeKind::CardContested => texts!("card_contested"),
        NoticeKind::CardDecided => texts!("card_decided"),
        NoticeKind::LimitsMoved => texts!("limits_moved"),
        NoticeKind::ComplaintFiled => texts!("complaint_filed"),
        NoticeKind::ComplaintAnswered => texts!("complaint_answered"),
        NoticeKind::ComplaintUpheld => texts!("complaint_upheld"),
        NoticeKind::ComplaintLate => texts!("complaint_late"),
        NoticeKind::InspectionDate => texts!("inspection_date"),
        NoticeKind::Merged => texts!("merged"),
        NoticeKind::Sealed => texts!("sealed"),
        NoticeKind::WebhookPaused => texts!("webhook_paused"),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

/// The frame of a digest.
pub(crate) fn digest_template(language: Language) -> Template {
    match language {
        Language::Chinese => texts!("digest", "zh"),
        Language::English => texts!("digest", "en"),
    }
}

#[cfg(test)]
mod tests {
    use super::template;
    use workflow::language::{Language, fill};
    use workflow::notice::NoticeKind;

    /// What `workflow` always gives to a kind, besides what every letter names.
    fn values(kind: NoticeKind) -> Vec<(&'static str, String)> {
        let own: &[&str] = match kind {
            NoticeKind::ComplaintFiled | NoticeKind::ComplaintLate => &["due", "community"],
            NoticeKind::ComplaintAnswered => &["community", "reason", "stage_zh", "stage_en"],
            NoticeKind::ComplaintUpheld => &["since", "order"],
            NoticeKind::Merged => {
                &["from_zh", "from_en", "into_zh", "into_en", "on", "count", "list_zh", "list_en"]
            }
            NoticeKind::WebhookPaused => &["name", "url", "maker"],
            NoticeKind::Sealed => &["seal", "hash", "chains", "sealed_at"],
            NoticeKind::InspectionDate => &["date", "looks_zh", "looks_en"],
            NoticeKind::Submitted => &["due", "outcome_zh", "outcome_en"],
            NoticeKind::Returned => &["due", "reason_zh", "reason_en"],
            NoticeKind::Quoted => &["due", "price"],
            NoticeKind::Decided => &["result_zh", "result_en", "reason"],
            NoticeKind::Funded => &["price", "starts_on"],
            NoticeKind::Assigned => &["price", "paid", "period", "due"],
            NoticeKind::Invited => &["due", "inquiry_zh", "inquiry_en", "question"],
            NoticeKind::Nudged => &["due", "stage_zh", "stage_en"],
            NoticeKind::LimitNear | NoticeKind::LimitPassed => {
                &["due", "stage_zh", "stage_en", "left_zh", "left_en"]
            }
            NoticeKind::LimitsMoved => &[],
            NoticeKind::CardGiven => {
                &["colour_zh", "colour_en", "stage_zh", "stage_en", "due", "cause_zh", "cause_en", "until"]
            }
            NoticeKind::CardContested => &[
                "colour_zh",
                "colour_en",
                "stage_zh",
                "stage_en",
                "due",
                "cause_zh",
                "cause_en",
                "until",
                "text",
            ],
            NoticeKind::CardDecided => &[
                "colour_zh",
                "colour_en",
                "stage_zh",
                "stage_en",
                "due",
                "cause_zh",
                "cause_en",
                "verdict_zh",
                "verdict_en",
                "reason",
            ],
            NoticeKind::Escalated => {
                &["due", "stage_zh", "stage_en", "left_zh", "left_en", "whose_zh", "whose_en"]
            }
        };
        let common: &[&str] = match kind {
            NoticeKind::LimitsMoved => &["recipient", "version", "count", "list_zh", "list_en"],
            NoticeKind::Merged | NoticeKind::Sealed | NoticeKind::WebhookPaused => &["recipient"],
            _ => &["recipient", "number", "title", "department"],
        };
        common.iter().chain(own).map(|name| (*name, format!("值·{name}"))).collect()
    }

    #[test]
    fn every_place_of_every_letter_is_filled() {
        for kind in NoticeKind::ALL {
            let values = values(*kind);
            for language in [Language::Chinese, Language::English] {
                let template = template(*kind, language);
                let (subject, body) = (fill(template.subject, &values), fill(template.body, &values));
                assert!(!subject.contains(['{', '}']), "{kind} {}: {subject}", language.code());
                assert!(!body.contains(['{', '}']), "{kind} {}: {body}", language.code());
                assert_eq!(template.subject.trim_end().lines().count(), 1, "{kind}");
            }
        }
    }

    #[test]
    fn every_letter_says_all_that_its_kind_carries() {
        for kind in NoticeKind::ALL {
            for language in [Language::Chinese, Language::English] {
                let template = template(*kind, language);
                let other = if language == Language::Chinese { "_en" } else { "_zh" };
                for (name, _) in values(*kind).iter().filter(|(name, _)| !name.ends_with(other)) {
                    assert!(
                        template.body.contains(&format!("{{{name}}}")),
                        "{kind} {}: {name}",
                        language.code()
                    );
                }
                let of_none = [
                    NoticeKind::LimitsMoved,
                    NoticeKind::Merged,
                    NoticeKind::Sealed,
                    NoticeKind::WebhookPaused,
                ];
                let of_request = !of_none.contains(kind);
                // The words of a complaint are for those who hear it, not for those who look after letters.
                let of_complaint =
                    [NoticeKind::ComplaintFiled, NoticeKind::ComplaintAnswered, NoticeKind::ComplaintLate];
                let is_named = !of_complaint.contains(kind);
                for (name, is_there) in [("{number}", true), ("{title}", is_named)] {
                    let shown = template.subject.contains(name);
                    assert!(!of_request || shown == is_there, "{kind} {}: {name}", language.code());
                }
            }
        }
    }
}
