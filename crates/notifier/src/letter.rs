//! Notice and recipient become a letter: the wording filled in, and the bytes that every try sends unchanged.
//! No clock and no chance: the same notice, recipient, id and time give the same bytes.

use std::time::SystemTime;

use chrono::{DateTime, Datelike, Utc};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MessageBuilder, SinglePart};
use workflow::id::LetterId;
use workflow::language::{Language, fill};
use workflow::notice::Notice;

use crate::address::{mailbox, parse_mailbox};
use crate::error::NotifyError;
use crate::template::{Template, template};
use crate::text::{one_line, paragraphs};

/// Longer subjects are cut; number and title stand in the body, too.
const SUBJECT_CHARACTERS: usize = 200;
const HOST_CHARACTERS: usize = 200;

/// Who gets a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub name: String,
    pub address: String,
    pub language: Language,
}

/// A letter as it stands in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// With its angle brackets.
    pub message_id: String,
    /// The address alone.
    pub to: String,
    pub subject: String,
    /// As people read it; lines end with LF.
    pub body: String,
    /// The whole message: ASCII, lines end with CRLF.
    pub bytes: Vec<u8>,
}

/// Writes the letters of one sender.
#[derive(Debug, Clone)]
pub struct Composer {
    sender: Mailbox,
    host: String,
}

impl Composer {
    /// A sender like `准入办公室 <zhunru@example.org>`; the host is the right part of Message-IDs.
    pub fn new(sender: &str, host: &str) -> Result<Composer, NotifyError> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if host.is_empty() || host.len() > HOST_CHARACTERS || !host.bytes().all(known) {
            return Err(NotifyError::BadHost(host.escape_debug().to_string()));
        }
        Ok(Composer { sender: parse_mailbox(sender)?, host: host.to_owned() })
    }

    /// The letter of a notice to one of those it is meant for.
    pub fn compose(
        &self,
        notice: &Notice,
        to: &Recipient,
        id: LetterId,
        at: DateTime<Utc>,
    ) -> Result<Letter, NotifyError> {
        let mut values = notice.values.clone();
        values.push(("recipient", to.name.clone()));
        let Template { subject, body } = template(notice.kind, to.language);
        let mut body = fill(body, &values);
        if let Some((_, note)) = values.iter().find(|(name, _)| *name == note(to.language)) {
            body = format!("{note}\n\n{body}");
        }
        self.write(&Wording { subject: fill(subject, &values), body }, to, id, at)
    }

    /// The letter of a wording, which is made harmless here.
    pub(crate) fn write(
        &self,
        wording: &Wording,
        to: &Recipient,
        id: LetterId,
        at: DateTime<Utc>,
    ) -> Result<Letter, NotifyError> {
        let recipient = mailbox(&to.name, &to.address)?;
        let date = date(at)?;
        let subject = one_line(&wording.subject, SUBJECT_CHARACTERS);
        let body = paragraphs(&wording.body);
        let message_id = format!("<{id}@{}>", self.host);
        let address = recipient.email.to_string();
        let head = Message::builder()
            .from(self.sender.clone())
            .to(recipient)
            .subject(subject.as_str())
            .date(date)
            .message_id(Some(message_id.clone()))
            .raw_header(automatic());
        let bytes = whole(head, &body);
        Ok(Letter { message_id, to: address, subject, body, bytes })
    }
}

/// Subject and body with their values.
pub(crate) struct Wording {
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// The value that says why this reader gets the notice, where that is not plain.
pub(crate) fn note(language: Language) -> &'static str {
    match language {
        Language::Chinese => "note_zh",
        Language::English => "note_en",
    }
}

/// Lettre knows the years 1970 to 9999 and panics beyond.
fn date(at: DateTime<Utc>) -> Result<SystemTime, NotifyError> {
    if !(1970..=9998).contains(&at.year()) {
        return Err(NotifyError::BadDate(at));
    }
    Ok(at.into())
}

/// Tells absence notices and the like not to answer (RFC 3834).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

/// Base64, so that no line of the body means anything to a mail server.
fn whole(head: MessageBuilder, body: &str) -> Vec<u8> {
    let encoding = ContentTransferEncoding::Base64;
    let body = Body::new_with_encoding(body.to_owned(), encoding).expect("base64 takes every text");
    let part = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body);
    head.singlepart(part).expect("sender and recipient are there").formatted()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;
    use workflow::actor::Role;
    use workflow::id::{LetterId, OrganisationId};
    use workflow::language::Language;
    use workflow::notice::{Audience, Notice, NoticeKind};

    use super::{Composer, Letter, Recipient};
    use crate::error::NotifyError;
    use crate::text::has_bare_line_break;

    const HEADERS: [&str; 9] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];

    fn reviewer() -> Recipient {
        Recipient { name: "张 三".into(), address: "zhang@example.org".into(), language: Language::Chinese }
    }

    fn returned(title: &str, reason: &str) -> Notice {
        let organisation = OrganisationId(Uuid::nil());
        let values = [
            ("number", "准〔2026〕12号"),
            ("title", title),
            ("department", "区民政局"),
            ("due", "2026-03-05"),
            ("reason", reason),
        ];
        let values = values.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        let to = Audience::Organisation { organisation, role: Role::Submitter };
        Notice { kind: NoticeKind::Returned, to, values }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 123).unwrap()
    }

    fn compose(notice: &Notice, to: &Recipient) -> Result<Letter, NotifyError> {
        let composer = Composer::new("准入办公室 <zhunru@example.org>", "mail.example.org").unwrap();
        composer.compose(notice, to, LetterId(Uuid::from_u128(7)), at(1_772_700_000))
    }

    /// The names of the header lines, folded lines left out.
    fn headers(letter: &Letter) -> Vec<String> {
        let text = std::str::from_utf8(&letter.bytes).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let own = head.split("\r\n").filter(|line| !line.starts_with(' '));
        own.map(|line| line.split_once(": ").unwrap().0.to_owned()).collect()
    }

    #[test]
    fn a_letter_is_a_mime_message_that_stays_the_same() {
        let notice = returned("养老服务补贴资格核查", "缺少依据文件");
        let letter = compose(&notice, &reviewer()).unwrap();
        assert_eq!(letter.message_id, "<00000000-0000-0000-0000-000000000007@mail.example.org>");
        assert_eq!(letter.to, "zhang@example.org");
        assert_eq!(letter.subject, "【准入】请于 2026-03-05 前补正：准〔2026〕12号《养老服务补贴资格核查》");
        assert!(letter.body.starts_with("张 三：\n\n您好！") && letter.body.ends_with("\n\n准入办公室\n"));
        let head = concat!(
            "From: =?utf-8?b?5YeG5YWl5Yqe5YWs5a6k?= <zhunru@example.org>\r\n",
            "To: =?utf-8?b?5bygIOS4iQ==?= <zhang@example.org>\r\n",
            "Subject: =?utf-8?b?44CQ5YeG5YWl44CR6K+35LqO?= 2026-03-05 =?utf-8?b?5YmN?=\r\n",
            " =?utf-8?b?6KGl5q2j77ya5YeG44CUMjAyNuOAlTEy5Y+344CK5YW76ICB5pyN5Yqh6KGl?=\r\n",
            " =?utf-8?b?6LS06LWE5qC85qC45p+l44CL?=\r\n",
        );
        let text = String::from_utf8(letter.bytes.clone()).unwrap();
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains("\r\nDate: Thu, 05 Mar 2026 08:40:00 +0000\r\n"), "{text}");
        assert!(text.contains("\r\nContent-Transfer-Encoding: base64\r\n\r\n"), "{text}");
        assert_eq!(headers(&letter), HEADERS);
        assert_eq!(compose(&notice, &reviewer()).unwrap(), letter);
    }

    #[test]
    fn no_value_becomes_a_header_or_a_command() {
        let marks = format!("a{}", "\u{301}".repeat(10_000));
        let long = "x".repeat(5_000);
        let attempts = [
            "\r\nBcc: x@example.org",
            "\nBcc: x@example.org",
            "\rBcc: x@example.org",
            "\r\n\r\n.\r\nMAIL FROM:<x@example.org>",
            "\n.\n",
            ".\r\n.",
            "\u{85}Bcc: x\u{2028}Bcc: x\u{2029}\u{b}\u{c}\0",
            "\u{202E}gnp.exe\u{2066}\u{200B}\u{FEFF}",
            "=?utf-8?q?=0D=0ABcc:_x?=",
            "{reason}{recipient}",
            &marks,
            &long,
        ];
        for attempt in attempts {
            let notice = returned(attempt, attempt);
            for language in [Language::Chinese, Language::English] {
                let letter = compose(&notice, &Recipient { language, ..reviewer() }).unwrap();
                let shown = attempt.chars().take(40).collect::<String>();
                assert_eq!(headers(&letter), HEADERS, "{shown:?}");
                assert!(letter.bytes.is_ascii() && !has_bare_line_break(&letter.bytes), "{shown:?}");
                assert!(letter.bytes.split(|byte| *byte == b'\n').all(|line| line.len() < 900), "{shown:?}");
                assert!(!letter.bytes.windows(3).any(|bytes| bytes == b"\n.\r"), "{shown:?}");
                assert!(!letter.subject.contains(|c: char| c.is_control()), "{shown:?}");
                assert!(
                    !letter.subject.contains(['\u{202E}', '\u{2066}', '\u{200B}', '\u{FEFF}']),
                    "{shown:?}"
                );
                assert!(!letter.body.contains('\r'), "{shown:?}");
            }
        }
    }

    #[test]
    fn no_name_becomes_a_header() {
        let long = "长".repeat(5_000);
        for name in ["", "\u{202E}甲\0乙\t", "a\" <x@example.org>, \"b", "=?utf-8?q?=0ABcc:_x?=", "\\", &long]
        {
            let letter =
                compose(&returned("甲", "乙"), &Recipient { name: name.into(), ..reviewer() }).unwrap();
            assert_eq!(headers(&letter), HEADERS, "{name:?}");
            assert_eq!(letter.to, "zhang@example.org");
            assert!(letter.bytes.is_ascii() && !has_bare_line_break(&letter.bytes), "{name:?}");
        }
        for (name, address) in
            [("甲\r\nBcc: x", "a@b.cn"), ("甲\n", "a@b.cn"), ("甲", "a@b.cn\r\nBcc: x"), ("甲", "")]
        {
            let to = Recipient { name: name.into(), address: address.into(), language: Language::English };
            assert!(
                matches!(compose(&returned("甲", "乙"), &to), Err(NotifyError::BadAddress(_))),
                "{name:?}"
            );
        }
    }

    #[test]
    fn a_composer_needs_a_sender_a_host_and_a_time() {
        for host in ["", "a b", "a\r\nBcc: x", "a>b", "例子.cn"] {
            assert!(matches!(Composer::new("a@b.cn", host), Err(NotifyError::BadHost(_))), "{host:?}");
        }
        assert!(matches!(Composer::new("办公室 <a>", "b.cn"), Err(NotifyError::BadAddress(_))));
        let composer = Composer::new("a@b.cn", "b.cn").unwrap();
        for seconds in [-1, 253_402_300_800] {
            let letter =
                composer.compose(&returned("甲", "乙"), &reviewer(), LetterId(Uuid::nil()), at(seconds));
            assert!(matches!(letter, Err(NotifyError::BadDate(_))), "{seconds}");
        }
    }
}
