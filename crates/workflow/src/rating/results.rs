//! What the answers about a department come to in a year: sums, counts and distributions, exactly; means and shares to
//! two places for people.

use serde::Serialize;

use super::{Answer, Rating};
use crate::parameters::{Criterion, RatingParameters};

/// All answers about one department in one year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Results {
    pub answers: usize,
    /// Empty where too few answered for this reader.
    pub criteria: Vec<CriterionResult>,
    pub meetings: MeetingResult,
    pub texts: Vec<String>,
    /// Too few answered, so that figures would point to a community.
    pub withheld: bool,
}

/// One criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CriterionResult {
    #[serde(flatten)]
    pub criterion: Criterion,
    pub sum: u64,
    pub count: u64,
    /// Half up to two places.
    pub mean: String,
    /// How many gave 1, 2, … the best mark.
    pub distribution: Vec<u64>,
}

/// All meetings of residents' representatives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct MeetingResult {
    pub meetings: u64,
    pub present: u64,
    pub satisfied: u64,
    pub basically: u64,
    pub not_satisfied: u64,
    /// Share of the votes that are satisfied or basically satisfied, half up to two places.
    pub content: Option<String>,
}

/// Counts the answers.
#[must_use]
pub fn results(ratings: &[Rating], parameters: &RatingParameters) -> Results {
    let marks = ratings.iter().filter_map(|rating| match &rating.answer {
        Answer::Committee { marks, .. } => Some(marks),
        Answer::Meeting(_) => None,
    });
    let answers = marks.clone().count();
    let criteria = parameters.criteria.iter().filter_map(|criterion| {
        let given: Vec<u8> = marks.clone().filter_map(|marks| marks.get(&criterion.id).copied()).collect();
        (!given.is_empty()).then(|| of_criterion(criterion, &given, parameters.best_mark))
    });
    let mut texts: Vec<String> = ratings.iter().filter_map(text).collect();
    // In the order of the alphabet, so that the order of the answers tells nothing.
    texts.sort();
    Results { answers, criteria: criteria.collect(), meetings: meetings(ratings), texts, withheld: false }
}

impl Results {
    /// The results as the rated department may see them: nothing that points to a community if fewer than the
    /// configured number answered.
    #[must_use]
    pub fn for_department(self, ratings: &[Rating], parameters: &RatingParameters) -> Results {
        let least = parameters.least_answers;
        let mut communities: Vec<_> = ratings.iter().map(|rating| rating.community).collect();
        communities.sort_unstable();
        communities.dedup();
        let meetings = usize::try_from(self.meetings.meetings).unwrap_or(usize::MAX);
        let few = communities.len() < least || self.answers < least;
        let meetings_hidden = meetings < least || communities.len() < least;
        Results {
            answers: self.answers,
            criteria: if few { Vec::new() } else { self.criteria },
            meetings: if meetings_hidden { MeetingResult::default() } else { self.meetings },
            texts: if few { Vec::new() } else { self.texts },
            withheld: few,
        }
    }
}

fn of_criterion(criterion: &Criterion, given: &[u8], best: u8) -> CriterionResult {
    let sum = given.iter().map(|mark| u64::from(*mark)).sum();
    let count = u64::try_from(given.len()).unwrap_or(u64::MAX);
    let times = |mark: u8| given.iter().filter(|other| **other == mark).map(|_| 1).sum();
    CriterionResult {
        criterion: criterion.clone(),
        sum,
        count,
        mean: two_places(sum, count),
        distribution: (1..=best).map(times).collect(),
    }
}

fn meetings(ratings: &[Rating]) -> MeetingResult {
    let mut result = MeetingResult::default();
    for rating in ratings {
        let Answer::Meeting(meeting) = rating.answer else { continue };
        result.meetings += 1;
        result.present += u64::from(meeting.present);
        result.satisfied += u64::from(meeting.satisfied);
        result.basically += u64::from(meeting.basically);
        result.not_satisfied += u64::from(meeting.not_satisfied);
    }
    let content = result.satisfied + result.basically;
    let votes = content + result.not_satisfied;
    result.content = (votes > 0).then(|| two_places(content, votes));
    result
}

fn text(rating: &Rating) -> Option<String> {
    match &rating.answer {
        Answer::Committee { text, .. } => text.clone(),
        Answer::Meeting(_) => None,
    }
}

/// `part ÷ whole` to two places, half up.
fn two_places(part: u64, whole: u64) -> String {
    let hundredths = (part * 200 + whole) / (whole * 2).max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
