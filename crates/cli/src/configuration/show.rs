//! `zhunru config show`: every setting with its value and where it comes from. No secret is shown.

use std::process::ExitCode;

use serde_json::json;

use super::{Setting, Source, Written};
use crate::print::{self, Failure};
use crate::settings::Common;

const HIDDEN: &str = "…";

pub(super) fn run(common: &Common, written: &Written) -> Result<ExitCode, Failure> {
    if let Some(failure) = written.failure(common.language()) {
        return Err(failure);
    }
    if common.json {
        let one = |setting: &Setting| json!({ "key": setting.key, "value": setting.shown(), "source": setting.source });
        print::json(&written.settings.iter().map(one).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |setting: &Setting| {
        vec![setting.key.clone(), setting.shown().unwrap_or_else(|| "–".into()), setting.source.said(common)]
    };
    let heading =
        [common.say("设置项", "setting"), common.say("值", "value"), common.say("来源", "comes from")];
    print::line(print::table(&heading, &[], written.settings.iter().map(row).collect()))?;
    Ok(ExitCode::SUCCESS)
}

impl Source {
    pub(super) fn said(&self, common: &Common) -> String {
        match self {
            Source::Flag { flag } => flag.clone(),
            Source::Environment { variable } => variable.clone(),
            Source::File { place } => place.clone(),
            Source::Default => common.say("默认", "default").to_owned(),
        }
    }
}

impl Setting {
    /// The value without what is secret in it; none where nothing is set.
    pub(super) fn shown(&self) -> Option<String> {
        if self.values.is_empty() {
            return None;
        }
        let one = |value: &String| match (self.is_hidden, value.contains("://")) {
            (true, _) if !self.is_address() => HIDDEN.to_owned(),
            (true, true) => without_secret(value),
            (_, _) => value.clone(),
        };
        Some(self.values.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    /// Whether only the password inside the value is secret.
    fn is_address(&self) -> bool {
        ["database", "mail"].contains(&self.key.as_str())
    }
}

/// An address without its password, and without what follows a `?`, where a password may stand, too.
fn without_secret(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return HIDDEN.to_owned() };
    let (user, server) = match rest.rsplit_once('@') {
        Some((credentials, server)) => {
            let user = credentials.split([':', '?', '/']).next().unwrap_or_default();
            let mark = if user.len() < credentials.len() { ":…" } else { "" };
            (format!("{user}{mark}@"), server)
        }
        None => (String::new(), rest),
    };
    match server.split_once('?') {
        Some((server, _)) => format!("{scheme}://{user}{server}?…"),
        None => format!("{scheme}://{user}{server}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secret;

    #[test]
    fn an_address_keeps_its_user_and_loses_its_password() {
        assert_eq!(without_secret("postgres://app:ge@heim@db/zhunru"), "postgres://app:…@db/zhunru");
        assert_eq!(without_secret("postgres://db/zhunru?password=geheim"), "postgres://db/zhunru?…");
        assert_eq!(without_secret("postgres://db/zhunru?password=ge@heim"), "postgres://db:…@heim");
        assert_eq!(without_secret("smtps://a:ge?h@eim@mail:465"), "smtps://a:…@mail:465");
        assert_eq!(without_secret("smtps://a:geheim@mail:465"), "smtps://a:…@mail:465");
        assert_eq!(without_secret("sqlite://zhunru.db"), "sqlite://zhunru.db");
    }
}
