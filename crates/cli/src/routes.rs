//! `zhunru routes`: the access table of pages and API as it is compiled in, for whoever checks who may open what.

use std::process::ExitCode;

use serde_json::json;
use web::{Admits, Row};
use workflow::actor::Role;

use crate::print::{self, Failure};
use crate::settings::Common;

pub(crate) fn run(common: &Common) -> Result<ExitCode, Failure> {
    let rows = web::rows();
    if common.json {
        let rows: Vec<_> = rows.iter().map(value).collect();
        print::json(&rows)?;
    } else {
        let heading =
            [common.say("方法", "method"), common.say("地址", "path"), common.say("谁可以打开", "open to")];
        let line = |row: &Row| vec![row.method.to_string(), row.path.to_owned(), who(common, row.admits)];
        print::line(print::table(&heading, &[], rows.iter().map(line).collect()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn value(row: &Row) -> serde_json::Value {
    let admits = match row.admits {
        Admits::Anyone => json!("anyone"),
        Admits::Beginning => json!("beginning"),
        Admits::SignedIn => json!("signed_in"),
        Admits::Roles(roles) => json!(roles.iter().map(|role| role.word()).collect::<Vec<_>>()),
    };
    json!({ "method": row.method.as_str(), "path": row.path, "admits": admits })
}

fn who(common: &Common, admits: Admits) -> String {
    let said = |zh: &'static str, en: &'static str| common.say(zh, en).to_owned();
    match admits {
        Admits::Anyone => said("所有人", "everybody"),
        Admits::Beginning => said("正在登录的人", "whoever has begun to sign in"),
        Admits::SignedIn => said("登录的人", "whoever is signed in"),
        Admits::Roles(roles) => {
            let name = |role: &Role| role.name(common.language());
            roles.iter().map(name).collect::<Vec<_>>().join(common.say("、", ", "))
        }
    }
}
