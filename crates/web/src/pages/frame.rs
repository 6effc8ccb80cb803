//! What surrounds every page: who is signed in, the menu of their roles, the language, the addresses of the assets.

use workflow::actor::Role;

use crate::assets;
use crate::pages::office;
use crate::tongue::Tongue;
use crate::visitor::{Member, Visitor};

/// One entry of the menu.
pub(crate) struct Entry {
    pub(crate) to: &'static str,
    pub(crate) name: &'static str,
    pub(crate) is_here: bool,
}

/// What `layout.html` needs of every page.
pub(crate) struct Frame {
    pub(crate) tongue: Tongue,
    pub(crate) person: Option<String>,
    pub(crate) menu: Vec<Entry>,
    pub(crate) form_token: String,
    pub(crate) icon: String,
    pub(crate) style: String,
    pub(crate) script: String,
}

/// The whole menu: address, names, and whose it is; nobody's roles are everybody's.
const MENU: &[(&str, &str, &str, &[Role])] = &[
    ("/", "首页", "Home", &[]),
    ("/inbox", "待办", "Inbox", office::DESK),
    ("/requests", "申请", "Requests", &[]),
    ("/limits", "时限", "Limits", office::WATCHES),
    ("/dashboard", "统计", "Figures", office::OVERLOOKS),
    ("/quota", "工作量", "Hours", &[Role::Committee]),
    (
        "/complaints",
        "举报",
        "Complaints",
        &[Role::Committee, Role::Reviewer, Role::Approver, Role::Auditor, Role::Submitter, Role::Subdistrict],
    ),
    ("/budget", "经费", "Budget", &[Role::Finance, Role::Auditor]),
    ("/disclosure", "公示", "Disclosure", &[]),
];

impl Frame {
    /// The frame of a page that needs nobody's menu.
    pub(crate) fn bare(visitor: &Visitor) -> Frame {
        let known = visitor.known.as_ref();
        Frame {
            tongue: visitor.tongue,
            person: None,
            menu: Vec::new(),
            form_token: known.map(|known| known.form_token().to_owned()).unwrap_or_default(),
            icon: assets::address("icon.svg"),
            style: assets::address("style.css"),
            script: assets::address("zhunru.js"),
        }
    }

    /// The frame of a member's page; `here` is the address of its entry in the menu.
    pub(crate) fn of(member: &Member, here: &str) -> Frame {
        let roles = member.known.roles();
        let theirs = |wanted: &[Role]| wanted.is_empty() || wanted.iter().any(|role| roles.contains(role));
        let menu = MENU.iter().filter(|(.., wanted)| theirs(wanted)).map(|(to, zh, en, _)| Entry {
            to,
            name: member.visitor.tongue.say(zh, en),
            is_here: *to == here,
        });
        Frame {
            person: Some(member.known.worker.person.name.clone()),
            menu: menu.collect(),
            ..Frame::bare(&member.visitor)
        }
    }

    /// The frame of a page for everybody: with the menu for whoever is signed in.
    pub(crate) fn public(visitor: &Visitor, here: &str) -> Frame {
        match &visitor.known {
            Some(known) if known.is_whole() => {
                Frame::of(&Member { known: known.clone(), visitor: visitor.clone() }, here)
            }
            _ => Frame::bare(visitor),
        }
    }

    pub(crate) fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.tongue.say(zh, en)
    }
}
