//! The default policy by hand: the same price and quota from `workflow`, and the 24 rules as plain Rust with the same
//! findings. It is what the scripts are measured against; nothing can be changed in it without a rebuild.

mod resources;

use chrono::{Datelike, Days, Months, NaiveDate};
use rules::RuleSet;
use serde_json::{Map, Value, json};
use workflow::assessment::{Assessment, Finding, Outcome, Severity};
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Function, Item};
use workflow::facts::{Application, BodyKind, Burden, BurdenKind, DayFactor, Facts, Term};
use workflow::language::Bilingual;
use workflow::money::Fen;
use workflow::price::Price;
use workflow::quota::{self, QuotaRow};

/// One reason a rule gives.
struct Reason(&'static str, &'static str, Severity, &'static str);

struct Policy<'a> {
    facts: &'a Facts,
    request: &'a Application,
    item: Option<&'a Item>,
    price: &'a Price,
    quota: &'a [QuotaRow],
    calendar: &'a Calendar,
    set: &'a RuleSet,
    findings: Vec<Finding>,
}

/// The assessment that the default rule set gives; parameters and catalogue are the set's.
pub fn assess(facts: Facts, calendar: &Calendar, set: &RuleSet) -> Assessment {
    let item = facts.request.item.as_ref().and_then(|code| set.catalogue().get(code));
    let class = item.map(|item| item.class);
    let price = Price::of(&facts, item, &set.parameters().price);
    let books = !price.communities.is_empty() && class != Some(Class::Negative);
    let quota = if books { quota::rows(&facts, calendar, &set.parameters().quota) } else { Vec::new() };
    let request = &facts.request;
    let findings = Vec::new();
    let mut policy =
        Policy { facts: &facts, request, item, price: &price, quota: &quota, calendar, set, findings };
    policy.intake();
    policy.period();
    policy.closed();
    policy.standing();
    policy.scope();
    policy.burdens();
    policy.data();
    policy.duplicates();
    policy.split();
    policy.quota();
    policy.funds();
    policy.statute();
    let findings = policy.findings;
    let decision = calendar.limit(facts.today, set.parameters().limits.decision);
    let years = request.period().map(|(start, end)| start.year()..=end.year()).into_iter().flatten();
    let provisional =
        years.filter_map(|year| NaiveDate::from_ymd_opt(year, 1, 1)).any(|day| calendar.is_provisional(day));
    Assessment {
        outcome: Outcome::of(&findings, class, &price),
        class,
        function: item.and_then(|item| item.function).map(Function::number),
        price,
        quota,
        findings,
        proposal: None,
        decide_by: decision.due,
        provisional: decision.provisional || provisional,
        rule_set: set.name().clone(),
    }
}

impl Policy<'_> {
    fn say(&mut self, reason: &Reason, facts: Value, zh: String, en: String) {
        let Reason(rule, code, severity, citation) = *reason;
        let facts = match facts {
            Value::Object(facts) => facts,
            _ => Map::new(),
        };
        let message = Bilingual { zh, en };
        let (rule, code, citation) = (rule.into(), code.into(), citation.into());
        self.findings.push(Finding { rule, severity, code, message, citation, facts });
    }

    fn intake(&mut self) {
        const MISSING: Reason =
            Reason("intake.required", "intake.missing", Severity::Return, "准入办法：申请审批表");
        const DECLARATION: Reason = Reason(
            "intake.declarations",
            "intake.declaration_missing",
            Severity::Return,
            "荆门市社区工作准入办法",
        );
        let request = self.request;
        let document = request.governing_document.as_ref().map(|document| document.title.as_str());
        let missing = absent(&[
            ("title", given(request.title.as_deref())),
            ("department", given(request.department.as_ref().map(|department| department.name.as_str()))),
            ("item_or_description", request.item.is_some() || given(request.description.as_deref())),
            ("starts_on", request.starts_on.is_some()),
            ("ends_on", request.ends_on.is_some()),
            ("communities", !self.facts.communities.is_empty()),
            ("work", !request.work.is_empty()),
            ("governing_document", given(document)),
        ]);
        if !missing.is_empty() {
            let (list, listed) = in_words(&missing);
            let zh = format!("缺少：{list}，请一次补齐");
            let en = format!("Missing: {listed}; please complete all of it at once");
            self.say(&MISSING, json!({ "missing": missing }), zh, en);
        }
        let declarations = request.declarations.as_ref();
        let missing = absent(&[
            ("department", given(declarations.and_then(|d| d.department.as_deref()))),
            ("community", given(declarations.and_then(|d| d.community.as_deref()))),
            ("support", given(declarations.and_then(|d| d.support.as_deref()))),
        ]);
        if !missing.is_empty() {
            let (list, listed) = in_words(&missing);
            let zh = format!("须说明部门自身承担的职责、社区承担的内容和给予的支持，缺少：{list}");
            let en = format!(
                "Say what the department does itself, what the community does and what support is given; missing: {listed}"
            );
            self.say(&DECLARATION, json!({ "missing": missing }), zh, en);
        }
    }

    fn period(&mut self) {
        const RULE: &str = "intake.lead_time";
        const CITATION: &str = "西城区社区工作准入办法：提前30个工作日";
        const LATE: Reason = Reason(RULE, "intake.too_late", Severity::Return, CITATION);
        const EMERGENCY: Reason = Reason(RULE, "intake.emergency_late", Severity::Refer, CITATION);
        const PERIOD: Reason = Reason(
            "intake.period",
            "intake.period",
            Severity::Return,
            "准入办法：临时性不超过6个月，阶段性不超过12个月，应急不超过30日",
        );
        let (request, today) = (self.request, self.facts.today);
        let is_emergency = request.term == Term::Emergency;
        let begins = request.occurred_on.filter(|_| is_emergency).or(request.starts_on);
        if let Some(begins) = begins.filter(|_| is_emergency) {
            let latest = self.calendar.limit(begins, 3).due;
            if today > latest {
                let zh = format!("应急事项应在 {latest} 前补报，现已逾期");
                let en = format!("Emergency work had to be filed by {latest}");
                self.say(&EMERGENCY, json!({ "latest": latest }), zh, en);
            }
        } else if let Some(begins) = begins {
            let earliest = self.calendar.limit(today, 30).due;
            if begins < earliest {
                let zh = format!("距实施不足规定的工作日，最早可自 {earliest} 起实施");
                let en = format!("Too close to its start: the earliest start is {earliest}");
                self.say(&LATE, json!({ "earliest": earliest }), zh, en);
            }
        }
        let Some((start, end)) = request.starts_on.zip(request.ends_on) else { return };
        let needs_days =
            request.work.iter().any(|line| matches!(line.day, DayFactor::Working | DayFactor::Extended));
        let is_idle = needs_days && self.calendar.working_days(start, end) == 0;
        if end < start || is_too_long(request.term, (start, end)) || is_idle {
            let zh = "实施期限不当：结束早于开始、超过该类事项的最长期限，或期内没有工作日可做".into();
            let en = "The period does not fit: it ends before it starts, is too long for its kind, or has no \
                      working day for the work";
            self.say(&PERIOD, json!({}), zh, en.into());
        }
    }

    fn closed(&mut self) {
        const CLOSED: Reason =
            Reason("intake.closed", "intake.closed", Severity::Return, "准入办法：目录动态调整");
        let today = self.facts.today;
        if let Some((item, start)) = self.item.zip(self.request.starts_on)
            && !(item.open.covers(today) && item.open.covers(start))
        {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let open = format!("{} .. {}", day(item.open.from), day(item.open.until));
            let (code, open) = (&item.code, open.trim());
            let zh = format!("目录事项 {code} 的受理期为 {open}，今日或实施开始日不在其内，请改报其他事项");
            let en = format!("The item {code} is open {open}; today or the start lies outside: apply for another item");
            self.say(&CLOSED, json!({ "item": code, "open": open }), zh, en);
        }
    }

    fn standing(&mut self) {
        const BUYER: Reason =
            Reason("standing.buyer", "standing.not_a_buyer", Severity::Prohibit, "财政部令第102号 第八条");
        const RECUSAL: Reason = Reason(
            "standing.recusal",
            "standing.recusal",
            Severity::Refer,
            "准入办法：领导小组办公室所在单位的申请由领导小组决定",
        );
        let Some(department) = &self.request.department else { return };
        let barred = matches!(department.kind, BodyKind::ClassOneInstitution | BodyKind::MassOrganisation);
        let cosigned = matches!(self.request.cosigned_by, Some(BodyKind::StateOrgan | BodyKind::PartyOrgan));
        if self.is_paid() && barred && !cosigned {
            let zh = "公益一类事业单位和使用事业编制且由财政拨款保障的群团组织不得购买服务，须由国家机关或党的机关会签";
            let en = "A class-one institution or a mass organisation on treasury posts cannot buy services unless a \
                      state or party organ co-signs";
            self.say(&BUYER, json!({}), zh.into(), en.into());
        }
        if department.hosts_office {
            let zh = "申请单位为办公室所在单位，由领导小组决定".into();
            let en = "The office belongs to the applicant: the leading group decides, not the office".into();
            self.say(&RECUSAL, json!({}), zh, en);
        }
    }

    fn scope(&mut self) {
        const NEGATIVE: Reason = Reason(
            "scope.negative",
            "scope.negative",
            Severity::Prohibit,
            "准入办法：负面清单事项，付费亦不得准入",
        );
        const UNLISTED: Reason =
            Reason("scope.unlisted", "scope.unlisted", Severity::Refer, "准入办法：目录外事项提交会审");
        const POSTS: Reason =
            Reason("scope.posts", "scope.posts", Severity::Prohibit, "财政部令第102号 第十条");
        if self.item.is_some_and(|item| item.class == Class::Negative) {
            let zh = "该事项列入负面清单，不予准入，付费亦不例外".into();
            let en = "The item is on the negative list: refused, whatever is paid".into();
            self.say(&NEGATIVE, json!({}), zh, en);
        }
        if self.request.item.is_none() {
            let en = "Not in the catalogue: a person decides".into();
            self.say(&UNLISTED, json!({}), "事项不在目录内，提交会审".into(), en);
        }
        if self.request.burdens.iter().any(|burden| burden.kind == BurdenKind::Post) {
            let zh = "人员招聘、劳务派遣和岗位不得作为服务购买，应按成果付费".into();
            let en = "Staffing, labour dispatch and posts cannot be bought: pay for outputs".into();
            self.say(&POSTS, json!({}), zh, en);
        }
    }

    fn burdens(&mut self) {
        use Severity::Condition;
        const FORM: Reason =
            Reason("burden.form", "burden.unapproved_form", Condition, "统计法 第十七条；民发〔2015〕136号");
        const PLAQUE: Reason =
            Reason("burden.plaque", "burden.plaque", Condition, "民发〔2015〕136号：清理挂牌");
        const TARGET: Reason =
            Reason("burden.target", "burden.target", Condition, "整治形式主义为基层减负若干规定");
        const INSPECTION: Reason =
            Reason("burden.inspection", "burden.own_inspection", Condition, "民发〔2015〕136号：统一考核");
        const CERTIFICATE: Reason = Reason(
            "burden.certificate",
            "burden.certificate",
            Condition,
            "民发〔2020〕20号：不应由社区出具的证明",
        );
        let start = self.request.starts_on;
        let is_unapproved = |burden: &Burden| {
            let expires = burden.expires_on.filter(|expiry| start.is_none_or(|start| *expiry >= start));
            !given(burden.number.as_deref()) || !given(burden.approval.as_deref()) || expires.is_none()
        };
        let numbered = [BurdenKind::Form, BurdenKind::Ledger, BurdenKind::Survey];
        let forms = self.named(|burden| numbered.contains(&burden.kind) && is_unapproved(burden));
        let en = "Struck out, no number, approval or validity: ";
        self.strike(&FORM, &forms, ("表册“", "”无编号、批准文号或已过期，予以剔除", en));
        let plaques = self.named(|burden| burden.kind == BurdenKind::Plaque);
        let en = "Plaque or counterpart office struck out: ";
        self.strike(&PLAQUE, &plaques, ("牌子或对口机构“", "”予以剔除", en));
        let targets = self.named(|burden| burden.kind == BurdenKind::Target);
        let en = "Target, ranking, app quota or veto struck out: ";
        self.strike(&TARGET, &targets, ("指标、排名或一票否决“", "”予以剔除", en));
        let inspections = self.named(|burden| burden.kind == BurdenKind::Inspection);
        let en = "Own inspection struck out, with a place in the yearly unified one: ";
        self.strike(&INSPECTION, &inspections, ("部门自行检查“", "”予以剔除，可列入年度统一检查考核", en));
        let certificates = self.named(|burden| burden.kind == BurdenKind::Certificate);
        let en = "Certificate off the list struck out: ";
        self.strike(&CERTIFICATE, &certificates, ("清单外证明“", "”予以剔除", en));
    }

    fn data(&mut self) {
        const HELD: Reason = Reason(
            "data.held",
            "data.already_held",
            Severity::Condition,
            "个人信息保护法 第六条；国办发〔2022〕102号",
        );
        let register = &self.facts.register.held;
        let data = self.request.personal_data.iter().filter(|data| register.contains(data));
        let held: Vec<&str> = data.map(String::as_str).collect();
        if !held.is_empty() {
            let (list, listed) = in_words(&held);
            let zh = format!("基础台账已有“{list}”，改为共享，不再采集");
            let en = format!("The base register holds {listed}: shared instead of collected again");
            self.say(&HELD, json!({ "held": held }), zh, en);
        }
    }

    fn named(&self, keep: impl Fn(&Burden) -> bool) -> Vec<String> {
        let kept = self.request.burdens.iter().filter(|burden| keep(burden));
        kept.map(|burden| burden.name.clone()).collect()
    }

    /// Says what is struck out, between the words around the list in both languages.
    fn strike(&mut self, reason: &Reason, struck: &[String], around: (&str, &str, &str)) {
        if !struck.is_empty() {
            let (list, listed) = in_words(struck);
            let zh = format!("{}{list}{}", around.0, around.1);
            let en = format!("{}{listed}", around.2);
            self.say(reason, json!({ "struck": struck }), zh, en);
        }
    }

    fn statute(&mut self) {
        const CITATION: &str = "规范性文件有效期制度";
        const EXPIRED: Reason = Reason("statute.expired", "statute.expired", Severity::Return, CITATION);
        const CUT: Reason = Reason("statute.expired", "statute.cut", Severity::Condition, CITATION);
        let expires = self.request.governing_document.as_ref().and_then(|document| document.expires_on);
        let Some((expires, start)) = expires.zip(self.request.starts_on) else { return };
        if expires < start {
            let en = "The governing document has expired before the start".into();
            self.say(&EXPIRED, json!({}), "依据文件在实施开始前已失效，请更换依据".into(), en);
        } else if self.request.ends_on.is_some_and(|end| end > expires) {
            let zh = format!("依据文件于 {expires} 失效，实施期限截至该日");
            let en = format!("The governing document expires on {expires}: the period is cut to it");
            self.say(&CUT, json!({ "cut_to": expires }), zh, en);
        }
    }

    /// Whether a price is due; emergency work is paid afterwards.
    fn is_paid(&self) -> bool {
        self.price.total > Fen::ZERO && self.item.is_none_or(|item| item.class != Class::Emergency)
    }
}

fn is_too_long(term: Term, (start, end): (NaiveDate, NaiveDate)) -> bool {
    let longest = match term {
        Term::Temporary => start.checked_add_months(Months::new(6)),
        Term::Periodic => start.checked_add_months(Months::new(12)),
        Term::Emergency => start.checked_add_days(Days::new(30)),
        Term::LongTerm => None,
    };
    longest.is_some_and(|longest| end >= longest)
}

fn given(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn absent(given: &[(&'static str, bool)]) -> Vec<&'static str> {
    given.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| *name).collect()
}

/// A list as both languages speak of it.
fn in_words(list: &[impl AsRef<str>]) -> (String, String) {
    let spoken = list.iter().map(|entry| word(entry.as_ref()));
    let (zh, en): (Vec<&str>, Vec<&str>) = spoken.unzip();
    (zh.join("、"), en.join(", "))
}

/// The words of the parameters.
fn word(text: &str) -> (&str, &str) {
    match text {
        "title" => ("事项名称", "the title"),
        "department" => ("申请部门及其职责", "the department and its part"),
        "item_or_description" => ("事项编码或说明", "an item or a description"),
        "starts_on" => ("开始日期", "the start"),
        "ends_on" => ("结束日期", "the end"),
        "communities" => ("涉及社区", "the communities"),
        "work" => ("工作内容", "the work"),
        "governing_document" => ("依据文件", "the governing document"),
        "community" => ("社区承担的内容", "the community's part"),
        "support" => ("给予的支持", "the support given"),
        "name" => ("姓名", "names"),
        "address" => ("住址", "addresses"),
        "phone" => ("电话", "telephone numbers"),
        "id_number" => ("身份证号", "identity numbers"),
        "marital_status" => ("婚姻状况", "marital status"),
        "employment" => ("就业状况", "employment"),
        "disability" => ("残疾状况", "disability"),
        "income" => ("收入", "income"),
        "longest_period" => ("最长期限", "the longest period"),
        "yearly_hours" => ("目录年工时", "the item's yearly hours"),
        "small_sum" => ("一次付清的小额", "the small sum paid at once"),
        "month_hours" => ("当月可用工时", "the hours free in a month"),
        other => (other, other),
    }
}
