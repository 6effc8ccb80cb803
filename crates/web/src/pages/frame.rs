//! What surrounds every page: who is signed in, the menu of their roles, the language, the addresses of the assets.

use workflow::actor::Role;
use workflow::language::Language;

use crate::assets;
use crate::pages::{administration, audit, finance, inspections, meetings, office, ratings};
use crate::tongue::Tongue;
use crate::unread;
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
    /// Entries that are folded together, as they are not needed every day.
    pub(crate) more: Vec<Entry>,
    pub(crate) form_token: String,
    pub(crate) icon: String,
    pub(crate) style: String,
    pub(crate) script: String,
    /// That the page's lists are not whole, where some row could not be read.
    pub(crate) unread: Option<String>,
}

/// A line of the menu: address, names, and whose it is; nobody's roles are everybody's.
type Lines = &'static [(&'static str, &'static str, &'static str, &'static [Role])];

/// What is needed every day.
const MENU: Lines = &[
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
    ("/administration", "管理", "Administration", administration::ACCOUNTS),
    ("/disclosure", "公示", "Disclosure", &[]),
];

/// What is needed now and then.
const MORE: Lines = &[
    ("/meetings", "会议", "Meetings", meetings::READS),
    ("/inspections", "统一检查", "Inspection", inspections::CONCERNED),
    ("/ratings", "评议", "Ratings", ratings::CONCERNED),
    ("/funds", "资金办理", "Funds", finance::READS),
    ("/forecast", "工作量预测", "Forecast", office::MEASURES),
    ("/lateness", "逾期统计", "Lateness", office::MEASURES),
    ("/audit", "事件日志", "Event log", audit::AUDITS),
    ("/administration/places", "机构和社区", "Organisations and communities", office::OVERLOOKS),
    ("/administration/calendars", "工作日历", "Working calendar", office::OVERLOOKS),
    ("/administration/letters", "信件", "Letters", office::DECIDES),
    ("/catalogue", "事项目录", "Catalogue", &[]),
    ("/notices", "我的通知", "My notices", &[]),
    ("/deputies", "代理", "Deputies", &[]),
];

impl Frame {
    /// The frame of a page that needs nobody's menu.
    pub(crate) fn bare(visitor: &Visitor) -> Frame {
        let known = visitor.known.as_ref();
        Frame {
            tongue: visitor.tongue,
            person: None,
            menu: Vec::new(),
            more: Vec::new(),
            form_token: known.map(|known| known.form_token().to_owned()).unwrap_or_default(),
            icon: assets::address("icon.svg"),
            style: assets::address("style.css"),
            script: assets::address("zhunru.js"),
            unread: None,
        }
    }

    /// The frame of a member's page; `here` is the address of its entry in the menu.
    pub(crate) fn of(member: &Member, here: &str) -> Frame {
        let roles = member.known.roles();
        let theirs = |wanted: &[Role]| wanted.is_empty() || wanted.iter().any(|role| roles.contains(role));
        let entries = |lines: Lines| {
            let theirs = lines.iter().filter(|(.., wanted)| theirs(wanted));
            let entry = |(to, zh, en, _): &(&'static str, &'static str, &'static str, _)| Entry {
                to,
                name: member.visitor.tongue.say(zh, en),
                is_here: *to == here,
            };
            theirs.map(entry).collect()
        };
        Frame {
            person: Some(member.known.worker.person.name.clone()),
            menu: entries(MENU),
            more: entries(MORE),
            ..Frame::bare(&member.visitor)
        }
    }

    /// The frame of a page whose lists go on without rows that could not be read: it says how many.
    pub(crate) fn without(self, unreadable: &[String]) -> Frame {
        let count = unread::counted(unreadable);
        let said = match self.tongue.0 {
            Language::Chinese => format!("另有 {count} 件无法读取，请告知系统管理员"),
            Language::English => format!("{count} more cannot be read; tell the system administrator"),
        };
        Frame { unread: (count > 0).then_some(said), ..self }
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

    /// The folded entry that the page belongs to.
    pub(crate) fn here_in_more(&self) -> Option<&'static str> {
        self.more.iter().find(|entry| entry.is_here).map(|entry| entry.name)
    }

    pub(crate) fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.tongue.say(zh, en)
    }
}
