//! What the fields of forms are called, so that a fault is told to a person by the name of its field. Programs are told the
//! JSON pointer instead. The form of an application names its own fields (`pages/filing`).

use crate::tongue::Tongue;

/// The label of the field that a JSON pointer ends in; none where pages know no such field.
pub(crate) fn label(pointer: &str, tongue: Tongue) -> Option<&'static str> {
    let mut parts = pointer.rsplit('/');
    let field = parts.find(|part| part.parse::<usize>().is_err())?;
    let (zh, en) = LABELS.iter().find(|(name, ..)| *name == field).map(|(_, zh, en)| (*zh, *en))?;
    Some(tongue.say(zh, en))
}

const LABELS: &[(&str, &str, &str)] = &[
    ("abstaining", "弃权", "Abstaining"),
    ("accepted", "认可的比例", "Share that is accepted"),
    ("actual", "实际成本", "Actual cost"),
    ("against", "反对", "Against"),
    ("amount", "金额（元）", "Amount (yuan)"),
    ("basically", "基本满意", "Basically satisfied"),
    ("busy", "不检查的日期", "Days without inspections"),
    ("communities", "社区", "Communities"),
    ("community", "社区", "Community"),
    ("days", "有效期", "Valid for"),
    ("deputy", "代理人", "Deputy"),
    ("email", "电子邮箱", "E-mail"),
    ("entry", "分录或事件", "Posting or event"),
    ("for", "赞成", "In favour"),
    ("from", "开始日期", "From"),
    ("held_on", "日期", "Day"),
    ("hours", "实际工时", "Actual hours"),
    ("invited", "征求意见的机构", "Organisations that are asked"),
    ("item", "事项", "Item"),
    ("kinds", "事件", "Events"),
    ("language", "语言", "Language"),
    ("letters", "邮件", "Letters"),
    ("name", "名称", "Name"),
    ("present", "到会人数", "Present"),
    ("quiet", "免打扰时段", "Quiet hours"),
    ("representatives", "代表人数", "Representatives"),
    ("role", "角色", "Role"),
    ("roles", "角色", "Roles"),
    ("satisfied", "满意", "Satisfied"),
    ("share", "比例", "Share"),
    ("since", "何时起", "Since"),
    ("source", "资金来源", "Source of the money"),
    ("subject", "身份标识", "Identity"),
    ("until", "结束日期", "Until"),
    ("url", "地址", "Address"),
    ("work", "工作量", "Work"),
    ("year", "年度", "Year"),
];
