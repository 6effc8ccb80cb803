//! What the aggregates of oversight share: the entry of the history that a step leaves, and why a step is refused.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::actor::{Actor, Person, Role};
use crate::evidence::Seems;
use crate::language::{Bilingual, Language};
use crate::text::{Unfit, unfit};

/// One step, as the history of an organisation keeps it; person and time are added when it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    pub role: Role,
    pub action: &'static str,
    /// Empty where something begins.
    pub before: &'static str,
    pub after: &'static str,
    pub reason: Option<String>,
    pub detail: Map<String, Value>,
}

/// Why a step of a complaint, a plan, a rating or a meeting is refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OversightError {
    #[error("`{}` is not open in stage `{}`", action.en, stage.en)]
    NotOpen { stage: Bilingual, action: Bilingual },
    #[error("this is not in your hands")]
    NotYours,
    #[error("nobody decides about a complaint against the own organisation")]
    OwnOrganisation,
    #[error("someone else has taken it")]
    HeldByAnother,
    #[error("a text is needed")]
    TextMissing,
    #[error("the text has more than {most} characters")]
    TextTooLong { most: usize },
    #[error(transparent)]
    TextUnfit(Unfit),
    #[error("{day} has not come yet")]
    NotYet { day: NaiveDate },
    #[error("`{0}` cannot be the name of a file of evidence; give it a plain name of at most 200 characters")]
    FileName(String),
    #[error("the file `{0}` is empty; leave it out, or give the one that was meant")]
    FileEmpty(String),
    #[error("the file `{name}` has more than {most} bytes; make it smaller or split it")]
    FileSize { name: String, most: usize },
    #[error("there are more than {most} files; put some of them together")]
    FileCount { most: usize },
    #[error("two files are called `{0}`; give one of them another name")]
    FileTwice(String),
    #[error("the file `{name}` is of no kind that is kept; save it as one of {kinds}")]
    FileKind { name: String, kinds: String },
    #[error("the file `{name}` is not what its ending says{}; save it anew, or give it its true ending", seeming(*seems))]
    FileContent { name: String, seems: Seems },
    #[error("the file `{0}` breaks off before its end; copy or save it anew and send it again")]
    FileCutOff(String),
    #[error("whoever built the plan cannot publish it (four eyes)")]
    FourEyes,
    #[error("nothing that is admitted and funded is there to be inspected")]
    NothingToInspect,
    #[error("the season {year} has no working day that is free for `{community}`")]
    NoFreeDay { year: i32, community: String },
    #[error("the first visit must not be before {from}")]
    TooSoon { from: NaiveDate },
    #[error("the limit passed on {on}")]
    TooLate { on: NaiveDate },
    #[error("the request is not settled")]
    NotSettled,
    #[error("the community has delivered no work of this request")]
    NotDelivered,
    #[error("each criterion takes one mark from 1 to {best}: {criteria}")]
    Marks { best: u8, criteria: String },
    #[error("{present} of {representatives} residents' representatives are no quorum")]
    Quorum { present: u32, representatives: u32 },
    #[error("{votes} votes were cast by {present} who were present")]
    Votes { votes: u32, present: u32 },
    #[error("nothing is on the agenda")]
    NothingOnAgenda,
    #[error("say who is present")]
    NobodyPresent,
    #[error("this case is not on the agenda")]
    NotOnAgenda,
}

impl OversightError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            OversightError::NotOpen { .. } => "not_open",
            OversightError::NotYours => "not_yours",
            OversightError::OwnOrganisation => "own_organisation",
            OversightError::HeldByAnother => "held_by_another",
            OversightError::TextMissing => "text_missing",
            OversightError::TextTooLong { .. } => "text_too_long",
            OversightError::TextUnfit(_) => "text_unfit",
            OversightError::NotYet { .. } => "not_yet",
            OversightError::FileName(_) => "file_name",
            OversightError::FileEmpty(_) => "file_empty",
            OversightError::FileSize { .. } => "file_size",
            OversightError::FileCount { .. } => "file_count",
            OversightError::FileTwice(_) => "file_twice",
            OversightError::FileKind { .. } => "file_kind",
            OversightError::FileContent { .. } => "file_content",
            OversightError::FileCutOff(_) => "file_cut_off",
            OversightError::FourEyes => "four_eyes",
            OversightError::NothingToInspect => "nothing_to_inspect",
            OversightError::NoFreeDay { .. } => "no_free_day",
            OversightError::TooSoon { .. } => "too_soon",
            OversightError::TooLate { .. } => "too_late",
            OversightError::NotSettled => "not_settled",
            OversightError::NotDelivered => "not_delivered",
            OversightError::Marks { .. } => "marks",
            OversightError::Quorum { .. } => "quorum",
            OversightError::Votes { .. } => "votes",
            OversightError::NothingOnAgenda => "nothing_on_agenda",
            OversightError::NobodyPresent => "nobody_present",
            OversightError::NotOnAgenda => "not_on_agenda",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => self.in_chinese(),
        }
    }

    fn in_chinese(&self) -> String {
        match self {
            OversightError::NotOpen { stage, action } => {
                format!("“{}”阶段不能“{}”", stage.zh, action.zh)
            }
            OversightError::NotYours => "此事不由您办理".into(),
            OversightError::OwnOrganisation => "举报本单位的事项，本单位人员应当回避".into(),
            OversightError::HeldByAnother => "他人正在办理".into(),
            OversightError::TextMissing => "请填写内容".into(),
            OversightError::TextTooLong { most } => format!("内容不得超过 {most} 字"),
            OversightError::TextUnfit(unfit) => unfit.message(Language::Chinese),
            OversightError::NotYet { day } => format!("{day} 尚未到来"),
            OversightError::FileName(name) => {
                format!("“{name}”不能作为证据文件名，请改为 200 字以内的普通文件名")
            }
            OversightError::FileEmpty(name) => format!("文件“{name}”是空的，请去掉或换成正确的文件"),
            OversightError::FileSize { name, most } => {
                format!("文件“{name}”超过 {most} 字节，请压缩或分成几个")
            }
            OversightError::FileCount { most } => format!("证据文件超过 {most} 个，请合并后再交"),
            OversightError::FileTwice(name) => format!("有两个文件都叫“{name}”，请给其中一个改名"),
            OversightError::FileKind { name, kinds } => {
                format!("文件“{name}”的类型不予留存，请另存为 {kinds} 之一")
            }
            OversightError::FileContent { name, seems } => {
                let seems = seems.name(Language::Chinese).map(|seems| format!("，看起来是{seems}"));
                let seems = seems.unwrap_or_default();
                format!("文件“{name}”的内容与扩展名不符{seems}，请重新保存或改回真实的扩展名")
            }
            OversightError::FileCutOff(name) => {
                format!("文件“{name}”不完整，请重新复制或保存后再交")
            }
            OversightError::FourEyes => "编制人不得发布（双人原则）".into(),
            OversightError::NothingToInspect => "没有已准入且经费到位的事项可供检查".into(),
            OversightError::NoFreeDay { year, community } => {
                format!("{year} 年检查季没有“{community}”可用的工作日")
            }
            OversightError::TooSoon { from } => format!("首个检查日不得早于 {from}"),
            OversightError::TooLate { on } => format!("时限已于 {on} 届满"),
            OversightError::NotSettled => "申请尚未结算".into(),
            OversightError::NotDelivered => "该社区没有交付过此事项".into(),
            OversightError::Marks { best, criteria } => {
                format!("每项指标评 1 至 {best} 分，不多不少：{criteria}")
            }
            OversightError::Quorum { present, representatives } => {
                format!("居民代表 {representatives} 人，到会 {present} 人，未达法定人数")
            }
            OversightError::Votes { votes, present } => {
                format!("到会 {present} 人，票数却有 {votes} 张")
            }
            OversightError::NothingOnAgenda => "议程上还没有事项".into(),
            OversightError::NobodyPresent => "请填写到会人员".into(),
            OversightError::NotOnAgenda => "此事项不在议程上".into(),
        }
    }
}

fn seeming(seems: Seems) -> String {
    seems.name(Language::English).map(|seems| format!(", it seems to be {seems}")).unwrap_or_default()
}

/// The role of a person that is open; a closed step says whether it is closed to all or only to this person.
pub(crate) fn role_among(
    actor: &Actor,
    is_open: impl Fn(Role) -> bool,
    closed: OversightError,
) -> Result<Role, OversightError> {
    let to_anyone = Role::ALL.iter().any(|role| is_open(*role));
    let own = actor.roles().iter().copied().find(|role| is_open(*role));
    own.ok_or(if to_anyone { OversightError::NotYours } else { closed })
}

/// The person behind an actor; the system has none.
pub(crate) fn person(actor: &Actor) -> Result<&Person, OversightError> {
    match actor {
        Actor::Person(person) => Ok(person),
        Actor::System => Err(OversightError::NotYours),
    }
}

/// A text that says something, is not endless and holds nothing that cannot be seen; as it is kept.
///
/// # Errors
/// `TextMissing`, `TextTooLong` or `TextUnfit`.
pub fn said(text: &str) -> Result<String, OversightError> {
    let most = crate::facts::limits::CHARACTERS;
    match text.trim() {
        "" => Err(OversightError::TextMissing),
        text if text.chars().count() > most => Err(OversightError::TextTooLong { most }),
        text => {
            unfit(text).map_or_else(|| Ok(text.to_owned()), |unfit| Err(OversightError::TextUnfit(unfit)))
        }
    }
}

/// An entry's detail from its parts.
pub(crate) fn detail<const N: usize>(parts: [(&str, Value); N]) -> Map<String, Value> {
    parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
