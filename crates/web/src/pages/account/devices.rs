//! What a browser calls itself, in a few words that its owner knows again.

use crate::tongue::Tongue;

/// Browsers, each before those whose name it also carries.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("QQBrowser", "QQ"),
    ("Firefox", "Firefox"),
    ("MicroMessenger", "WeChat"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Browser and system; what is not known is given as it calls itself.
pub(super) fn name(agent: &str, tongue: Tongue) -> String {
    let known = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => {
            tongue.say("未说明的设备", "a device that gives no name").to_owned()
        }
        (None, None) => agent.chars().take(40).collect(),
    }
}
