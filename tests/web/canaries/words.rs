//! The words that are planted, each for one text, and who besides those who are concerned may read it.

use super::Reader;

/// One word.
pub(super) struct Canary {
    pub(super) word: &'static str,
    /// Who may read it besides those who are concerned.
    pub(super) open: &'static [Reader],
}

impl Canary {
    pub(super) fn is_open_to(&self, reader: Reader) -> bool {
        match reader {
            Reader::Concerned => true,
            Reader::Applicant => !UNKNOWN_TO_APPLICANT.contains(&self.word),
            reader => self.open.contains(&reader),
        }
    }
}

const CLOSED: &[Reader] = &[];
/// Subjects of letters, people, the cards of the office that they sit in, and web-hooks, which security may end.
const KEPT: &[Reader] = &[Reader::Keeper];
const SHARED: &[Reader] = &[Reader::Sibling];
/// What is published in the district.
const IN_DISTRICT: &[Reader] = &[Reader::Sibling, Reader::Neighbour, Reader::Department, Reader::Keeper];

/// Texts of the request that is about the community alone and still being heard.
pub(super) const ALONE: [(&str, &str, &[Reader]); 10] = [
    ("/title", "雀kanari01", KEPT),
    ("/description", "雀kanari02", CLOSED),
    ("/governing_document/title", "雀kanari03", CLOSED),
    ("/governing_document/number", "雀kanari04", CLOSED),
    ("/declarations/department", "雀kanari05", CLOSED),
    ("/declarations/community", "雀kanari06", CLOSED),
    ("/declarations/support", "雀kanari07", CLOSED),
    ("/work/0/what", "雀kanari08", CLOSED),
    ("/direct_costs/0/what", "雀kanari09", CLOSED),
    ("/burdens/0/name", "雀kanari10", CLOSED),
];

/// All others.
pub(super) const OTHERS: [(&str, &[Reader]); 33] = [
    (PERSON, KEPT),
    (QUESTION, CLOSED),
    (OPINION, CLOSED),
    (SHARED_WORDS, SHARED),
    (SHARED_OPINION, CLOSED),
    (REPORT, CLOSED),
    (FILE, CLOSED),
    (CONTENT, CLOSED),
    (DISPUTE, CLOSED),
    (RULING, CLOSED),
    (REFUSAL, CLOSED),
    (RATING, CLOSED),
    (REWARD, CLOSED),
    (DRAFT, CLOSED),
    (PUBLISHED, IN_DISTRICT),
    (OBJECTION, IN_DISTRICT),
    (ANSWER, IN_DISTRICT),
    (PUBLISHED_OPINION, CLOSED),
    (COMPLAINT, CLOSED),
    (COVERED, CLOSED),
    (EVIDENCE, CLOSED),
    (EVIDENCE_CONTENT, CLOSED),
    (ORDER, CLOSED),
    (DISMISSED, CLOSED),
    (CARD, KEPT),
    (PROPOSED, KEPT),
    (PLACE, CLOSED),
    (PRESENT, CLOSED),
    (VOTE, CLOSED),
    (MINUTES, CLOSED),
    (HOOK, KEPT),
    (HOOK_ADDRESS, KEPT),
    (TOKEN, CLOSED),
];
/// What the department is not told: who rates or reports it and how, and what others have for themselves.
const UNKNOWN_TO_APPLICANT: [&str; 14] = [
    RATING,
    COMPLAINT,
    COVERED,
    EVIDENCE,
    EVIDENCE_CONTENT,
    DISMISSED,
    CARD,
    PLACE,
    PRESENT,
    VOTE,
    MINUTES,
    HOOK,
    HOOK_ADDRESS,
    TOKEN,
];
pub(super) const PERSON: &str = "雀kanari11";
pub(super) const QUESTION: &str = "雀kanari12";
pub(super) const OPINION: &str = "雀kanari13";
pub(super) const SHARED_WORDS: &str = "雀kanari14";
pub(super) const SHARED_OPINION: &str = "雀kanari15";
pub(super) const REPORT: &str = "雀kanari16";
pub(super) const FILE: &str = "雀kanari17.txt";
pub(super) const CONTENT: &str = "雀kanari18";
pub(super) const DISPUTE: &str = "雀kanari19";
pub(super) const RULING: &str = "雀kanari20";
pub(super) const REFUSAL: &str = "雀kanari21";
pub(super) const RATING: &str = "雀kanari22";
pub(super) const REWARD: &str = "雀kanari23";
pub(super) const DRAFT: &str = "雀kanari24";
pub(super) const PUBLISHED: &str = "雀kanari25";
pub(super) const OBJECTION: &str = "雀kanari26";
pub(super) const ANSWER: &str = "雀kanari27";
pub(super) const PUBLISHED_OPINION: &str = "雀kanari28";
pub(super) const COMPLAINT: &str = "雀kanari29";
pub(super) const COVERED: &str = "雀kanari30";
pub(super) const EVIDENCE: &str = "雀kanari31.txt";
pub(super) const EVIDENCE_CONTENT: &str = "雀kanari32";
pub(super) const ORDER: &str = "雀kanari33";
pub(super) const DISMISSED: &str = "雀kanari34";
pub(super) const CARD: &str = "雀kanari35";
pub(super) const PROPOSED: &str = "雀kanari36";
pub(super) const PLACE: &str = "雀kanari37";
pub(super) const PRESENT: &str = "雀kanari38";
pub(super) const VOTE: &str = "雀kanari39";
pub(super) const MINUTES: &str = "雀kanari40";
pub(super) const HOOK: &str = "雀kanari41";
pub(super) const HOOK_ADDRESS: &str = "kanari42";
pub(super) const TOKEN: &str = "雀kanari43";
