//! Settings from file, environment and flags: which one counts, what is wrong and where, and that no secret is shown.

use std::process::Output;

use serde_json::Value;

use super::process::Home;

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Value and source of a setting as `config show` tells them.
fn shown(home: &Home, arguments: &[&str], variables: &[(&str, &str)], key: &str) -> (String, String) {
    let mut command = home.command(&["--json", "config", "show"]);
    let output = command.args(arguments).envs(variables.iter().copied()).output().expect("it runs");
    assert!(output.status.success(), "{}", text(&output));
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let one = all.iter().find(|one| one["key"] == key).unwrap_or_else(|| panic!("{key} in {all:?}"));
    let source = &one["source"];
    let place = ["flag", "variable", "place"].into_iter().find_map(|name| source[name].as_str());
    (
        one["value"].as_str().unwrap_or_default().to_owned(),
        place.or(source["from"].as_str()).unwrap_or_default().to_owned(),
    )
}

#[test]
fn a_flag_comes_before_the_environment_before_the_file_before_what_is_usual() {
    let home = Home::empty();
    let listen =
        |arguments: &[&str], variables: &[(&str, &str)]| shown(&home, arguments, variables, "listen");
    let pair = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    assert_eq!(listen(&[], &[]), pair("127.0.0.1:8080", "default"));
    std::fs::write(home.path().join("zhunru.toml"), "lang = \"en\"\n\nlisten = \"127.0.0.1:1111\"\n")
        .unwrap();
    assert_eq!(listen(&[], &[]), pair("127.0.0.1:1111", "zhunru.toml:3:1"));
    let variable = [("ZHUNRU_LISTEN", "127.0.0.1:2222")];
    assert_eq!(listen(&[], &variable), pair("127.0.0.1:2222", "ZHUNRU_LISTEN"));
    assert_eq!(listen(&["--listen", "127.0.0.1:3333"], &variable), pair("127.0.0.1:3333", "--listen"));
    std::fs::write(home.path().join("other.toml"), "listen = \"127.0.0.1:4444\"\n").unwrap();
    assert_eq!(listen(&["--config", "other.toml"], &[]), pair("127.0.0.1:4444", "other.toml:1:1"));
    let named = [("ZHUNRU_CONFIG", "other.toml")];
    assert_eq!(listen(&[], &named), pair("127.0.0.1:4444", "other.toml:1:1"));
    assert_eq!(listen(&["--config=zhunru.toml"], &named), pair("127.0.0.1:1111", "zhunru.toml:3:1"));
}

#[test]
fn every_fault_is_named_with_its_place_and_no_secret_is_shown() {
    let home = Home::empty();
    let file = "databse = \"sqlite://zhunru.db\"\nkey_file = 1.5\n[colour]\nred = 1\n\n";
    std::fs::write(home.path().join("zhunru.toml"), format!("listen = \"here\"\n{file}")).unwrap();
    let mut command = home.command(&["--lang", "en", "config", "check"]);
    let output = command.env("ZHUNRU_GRACE_SECONDS", "soon").output().expect("it runs");
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for fault in [
        "zhunru.toml:1:1: `listen` does not take this value",
        "zhunru.toml:2:1: there is no setting `databse`; is `database` meant?",
        "zhunru.toml:3:12: `key_file` is to be a text",
        "zhunru.toml:5:1: there is no setting `colour_red`",
        "ZHUNRU_GRACE_SECONDS: `grace_seconds` does not take this value",
    ] {
        assert!(said.contains(fault), "`{fault}` is not in: {said}");
    }
    let other = home.command(&["assess", "-"]).output().expect("it runs");
    assert_eq!(other.status.code(), Some(2), "no command works with a broken file");
    assert!(text(&other).contains("zhunru.toml:2:1"), "{}", text(&other));
    std::fs::write(home.path().join("zhunru.toml"), "listen = \"127.0.0.1:0\nmail = 3").unwrap();
    let broken = home.command(&["config", "show"]).output().expect("it runs");
    assert!(text(&broken).contains("zhunru.toml:1:"), "{}", text(&broken));
}

#[test]
fn no_secret_is_shown_anywhere() {
    let home = Home::empty();
    let secret = "geheim";
    let mail = format!("smtps://letters:{secret}@127.0.0.1:9");
    let database = format!("postgres://app:{secret}@127.0.0.1:9/zhunru");
    std::fs::write(home.path().join("zhunru.toml"), format!("mail = \"{mail}\"\n")).unwrap();
    for words in [["config", "show"], ["config", "check"], ["config", "--help"], ["serve", "--help"]] {
        let mut command = home.command(&words);
        let output = command.env("ZHUNRU_DATABASE", &database).output().expect("it runs");
        let said = text(&output);
        assert!(!said.contains(secret), "{words:?}: {said}");
    }
    let (value, source) = shown(&home, &[], &[("ZHUNRU_DATABASE", &database)], "database");
    assert_eq!((value.as_str(), source.as_str()), ("postgres://app:…@127.0.0.1:9/zhunru", "ZHUNRU_DATABASE"));
    let checked = text(&home.command(&["--lang", "en", "config", "check"]).output().expect("it runs"));
    assert!(checked.contains("zhunru.toml: it holds a secret and others may read it"), "{checked}");
}

#[test]
fn what_can_be_tried_is_tried() {
    let home = Home::empty();
    let check = |arguments: &[&str]| {
        let mut command = home.command(&["--lang", "en", "config", "check"]);
        let output = command.args(arguments).output().expect("it runs");
        (output.status.code(), text(&output))
    };
    let free = ["--listen", "127.0.0.1:0"];
    let (code, said) = check(&free);
    assert_eq!(code, Some(1));
    assert!(said.contains("✗ database (default): there is no database at zhunru.db"), "{said}");
    assert!(said.contains("✗ key_file (default)") && said.contains("is missing"), "{said}");
    assert!(home.command(&["migrate"]).output().unwrap().status.success());
    let (code, said) = check(&free);
    assert_eq!(code, Some(0), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (_, said) = check(&["--listen", &taken.local_addr().unwrap().to_string()]);
    assert!(said.contains("✗ listen (--listen)"), "{said}");
    for (arguments, fault) in [
        (["--origin", "http://zhunru.example.cn"], "✗ origin (--origin)"),
        (["--mail", "smtp://127.0.0.1:9"], "✗ mail (--mail)"),
        (["--mail", "smtp://mail.example.cn"], "✗ mail (--mail)"),
        (["--sender", "准入办公室"], "✗ sender (--sender)"),
        (["--rules", "nowhere"], "✗ rules (--rules)"),
    ] {
        let (code, said) = check(&[&free[..], &arguments[..]].concat());
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(fault), "`{fault}` is not in: {said}");
        assert_eq!(said.matches('✗').count(), 1, "{said}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = home.path().join("zhunru.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (_, said) = check(&free);
        assert!(said.contains("✗ key_file (default): others may read"), "{said}");
    }
}

#[test]
fn an_identity_provider_is_set_as_a_whole_and_asked() {
    let home = Home::migrated();
    let file = home.path().join("zhunru.toml");
    let check = |settings: &str| {
        std::fs::write(&file, format!("lang = \"en\"\nlisten = \"127.0.0.1:0\"\n[sign_on]\n{settings}"))
            .unwrap();
        let output = home.command(&["config", "check"]).output().expect("it runs");
        (output.status.code(), text(&output))
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (settings, fault) in [
        ("client = \"zhunru\"\n".to_owned(), "`sign_on_client` means nothing without `sign_on_issuer`"),
        (format!("issuer = \"http://{free}\"\n"), "`sign_on_issuer` needs `sign_on_client`"),
        ("issuer = \"http://sso.example.cn\"\nclient = \"a\"\n".to_owned(), "is no https address"),
        (format!("issuer = \"http://{free}\"\nclient = \"a\"\n"), "the identity provider does not answer"),
        ("issuer = \"https://127.0.0.1\"\nclient = \"a\"\nca = \"none.pem\"\n".to_owned(), "none.pem"),
    ] {
        let (code, said) = check(&settings);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("✗ sign_on_issuer") && said.contains(fault), "`{fault}` is not in: {said}");
        assert_eq!(said.matches('✗').count(), 1, "{said}");
    }
    let secret = "geheim://geheim";
    let named = [("ZHUNRU_SIGN_ON_SECRET", secret)];
    let (value, source) = shown(&home, &[], &named, "sign_on_secret");
    assert_eq!((value.as_str(), source.as_str()), ("…", "ZHUNRU_SIGN_ON_SECRET"));
    let mut serve = home.command(&["serve"]);
    let refused = serve.env("ZHUNRU_SIGN_ON_ISSUER", "ftp://sso").output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
}

#[test]
fn the_unit_of_systemd_is_printed() {
    let home = Home::empty();
    let said = text(&home.command(&["config", "systemd"]).output().expect("it runs"));
    for line in ["[Service]", "Type=notify", "ProtectSystem=strict", "NoNewPrivileges=yes", "serve"] {
        assert!(said.contains(line), "{said}");
    }
}
