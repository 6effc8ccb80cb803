//! Names and addresses as people and settings write them. Nothing with a line break becomes an address.

use lettre::Address;
use lettre::message::Mailbox;

use crate::error::NotifyError;
use crate::text::one_line;

/// Longer names would make header lines that mail servers refuse.
const NAME_CHARACTERS: usize = 100;

/// `名称 <address@host>`, or the address alone.
pub(crate) fn parse_mailbox(text: &str) -> Result<Mailbox, NotifyError> {
    let inner = text.trim_matches(' ').strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    match inner {
        Some((name, address)) => mailbox(name.trim_matches([' ', '"']), address),
        None => mailbox("", text),
    }
}

/// Whether letters can be sent to that person; asked before the person is added, so that no letter fails for it.
///
/// # Errors
/// What is wrong with the name or the address.
pub fn check_address(name: &str, address: &str) -> Result<(), NotifyError> {
    mailbox(name, address).map(|_| ())
}

/// Whether `名称 <address@host>`, or an address alone, can send letters.
///
/// # Errors
/// What is wrong with it.
pub fn check_sender(text: &str) -> Result<(), NotifyError> {
    parse_mailbox(text).map(|_| ())
}

/// A name, which may be empty, with its address.
pub(crate) fn mailbox(name: &str, address: &str) -> Result<Mailbox, NotifyError> {
    if name.contains(['\r', '\n']) || address.contains(['\r', '\n']) {
        return Err(NotifyError::BadAddress(("姓名或地址中有换行", "a line break in a name or an address")));
    }
    if !address.is_ascii() {
        return Err(NotifyError::BadAddress((
            "地址中有非 ASCII 字符",
            "a character outside ASCII in an address",
        )));
    }
    if address.contains(|character: char| character.is_control()) {
        return Err(NotifyError::BadAddress(("地址中有控制字符", "a control character in an address")));
    }
    let address: Address = address
        .trim_matches(' ')
        .parse()
        .map_err(|_| NotifyError::BadAddress(("应为“名称@主机”的形式", "not of the form `name@host`")))?;
    let name = one_line(name, NAME_CHARACTERS);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

#[cfg(test)]
mod tests {
    use super::{mailbox, parse_mailbox};

    #[test]
    fn a_sender_has_a_name_or_none() {
        let office = parse_mailbox("准入办公室 <zhunru@example.org>").unwrap();
        assert_eq!(
            (office.name.as_deref(), office.email.as_ref()),
            (Some("准入办公室"), "zhunru@example.org")
        );
        let quoted = parse_mailbox("\"Office, Admission\" <a@example.org>").unwrap();
        assert_eq!(quoted.name.as_deref(), Some("Office, Admission"));
        assert_eq!(parse_mailbox("a@example.org").unwrap().name, None);
    }

    #[test]
    fn nothing_else_is_an_address() {
        let bad =
            ["", "a", "a@", "@b.cn", "a@b.cn\r\nBcc: c@d.cn", "a@b.cn\n", "a@b.cn>", "a b@c.cn", "甲@b.cn"];
        for address in bad.into_iter().chain(["a@b.cn, c@d.cn", "<a@b.cn>", "a\u{0}@b.cn", "\"a\tb\"@c.cn"]) {
            assert!(mailbox("甲", address).is_err(), "{address:?}");
        }
        assert!(mailbox("甲\r\nBcc: c@d.cn", "a@b.cn").is_err());
        assert!(parse_mailbox("甲\n <a@b.cn>").is_err());
        assert!(parse_mailbox("甲 <a@b.cn>\r\n").is_err());
    }
}
