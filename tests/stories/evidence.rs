//! A community hands in its work with files that show it; they are kept as they came, and whoever may see them can have them.

use engine::{Command, DeliveredFile, EngineError};
use serde_json::Value;
use store::{HandedIn, Scope};
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, Evidence};
use workflow::id::RequestId;
use workflow::language::Language;

use crate::desk::papers::{DOT, PHOTO};
use crate::desk::{Desk, purchase};

super::told_on_both! {
    what_shows_the_work_is_kept_with_its_delivery
    each_sees_the_files_of_its_own
    a_refused_delivery_keeps_nothing
    files_that_cannot_be_kept_are_named_with_the_mend
    a_wrong_content_is_named_with_what_it_seems_to_be
    what_was_kept_in_one_piece_is_cut
    what_a_merged_community_handed_in_stays_to_be_seen
    whatever_is_changed_in_the_files_is_found
}

/// A file's name and bytes.
type Shown<'a> = (&'a str, &'a [u8]);

/// A request that is in force.
async fn at_work(desk: &mut Desk, communities: &[u8]) -> RequestId {
    let request = desk.files("health", purchase(), communities).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-06-02").await;
    request
}

fn shows(desk: &Desk, community: u8, files: &[Shown<'_>]) -> Command {
    let handed_in = |(name, bytes): &Shown<'_>| HandedIn::in_memory((*name).to_owned(), bytes.to_vec());
    let files = files.iter().map(handed_in).collect();
    let community = desk.community(community);
    let delivery = Box::new(Delivery::of("已入户750户"));
    Command::DeliverWithEvidence { community, delivery, files }
}

async fn seen_by(desk: &Desk, who: &str, request: RequestId) -> Result<Vec<DeliveredFile>, EngineError> {
    desk.engine.delivered_files(request, desk.engine.scope(&desk.actor(who))).await
}

async fn names(desk: &Desk, who: &str, request: RequestId) -> Vec<String> {
    let seen = seen_by(desk, who, request).await.expect("the request is seen");
    seen.into_iter().map(|one| one.file.name).collect()
}

async fn what_shows_the_work_is_kept_with_its_delivery(mut desk: Desk) {
    let request = at_work(&mut desk, &[1, 2]).await;
    let done =
        desk.does("c1", request, shows(&desk, 1, &[("入户.jpg", PHOTO), ("名单.csv", b"1,2\n")])).await;
    let delivery = done.assignments[0].delivery().expect("a delivery");
    assert_eq!((delivery.report.as_str(), delivery.evidence.len()), ("已入户750户", 2));
    let seen = seen_by(&desk, "health", request).await.unwrap();
    let photo = seen.iter().find(|one| one.file.name == "420202001001/入户.jpg").expect("the photo");
    assert_eq!((photo.community.as_str(), photo.file.size), ("420202001001", 8));
    assert_eq!(desk.engine.delivered_bytes(request, &photo.file).await.unwrap(), PHOTO);
    let history = desk.engine.reader().history(request).await.unwrap();
    let told = history.iter().rev().find(|event| event.action == "deliver_assignment").unwrap();
    let told: Value = serde_json::from_str(&told.detail).unwrap();
    assert_eq!(told["evidence"][0]["name"], "420202001001/入户.jpg");
    assert_eq!(told["evidence"][0]["size"], 8);
    assert_eq!(told["evidence"][0]["sha256"], photo.file.sha256);
    desk.does("c2", request, shows(&desk, 2, &[("入户.jpg", PHOTO)])).await;
    desk.does("health", request, Command::Confirm).await;
    assert_eq!(names(&desk, "health", request).await.len(), 3, "two communities call theirs the same");
    desk.is_sound().await;
}

async fn each_sees_the_files_of_its_own(mut desk: Desk) {
    let request = at_work(&mut desk, &[1, 2]).await;
    desk.does("c1", request, shows(&desk, 1, &[("一.jpg", PHOTO)])).await;
    desk.does("c2", request, shows(&desk, 2, &[("二.jpg", PHOTO)])).await;
    let both = ["420202001001/一.jpg", "420202001002/二.jpg"];
    for who in ["health", "review", "money", "audit"] {
        assert_eq!(names(&desk, who, request).await, both, "{who}");
    }
    assert_eq!(names(&desk, "c1", request).await, both[..1]);
    assert_eq!(names(&desk, "c2", request).await, both[1..]);
    for stranger in ["women", "c3", "c9", "approve3"] {
        assert_eq!(seen_by(&desk, stranger, request).await.expect_err(stranger).code(), "not_found");
    }
}

async fn a_refused_delivery_keeps_nothing(mut desk: Desk) {
    let request = at_work(&mut desk, &[1, 2]).await;
    let photo = || shows(&desk, 1, &[("入户.jpg", PHOTO)]);
    assert_eq!(desk.refused("c2", request, photo()).await, "not_yours");
    assert_eq!(desk.refused("health", request, photo()).await, "not_yours");
    assert_eq!(desk.refused("c1", request, shows(&desk, 3, &[("入户.jpg", PHOTO)])).await, "no_assignment");
    let file = Evidence { name: "420202001001/a.jpg".into(), sha256: "0".repeat(64), size: 1 };
    let claimed = Delivery { evidence: vec![file], ..Delivery::of("已完成") };
    let claims = Command::DeliverAssignment { community: desk.community(1), delivery: claimed };
    assert_eq!(desk.refused("c1", request, claims).await, "malformed", "a file that nobody has seen");
    assert_eq!(desk.engine.reader().all_evidence().await.unwrap(), []);
    desk.does("c1", request, photo()).await;
    assert_eq!(desk.refused("c1", request, photo()).await, "no_assignment", "a second time");
    assert_eq!(desk.engine.reader().all_evidence().await.unwrap().len(), 1);
    desk.is_sound().await;
}

async fn files_that_cannot_be_kept_are_named_with_the_mend(mut desk: Desk) {
    let request = at_work(&mut desk, &[1]).await;
    let most = desk.engine.content().rules.parameters().oversight.evidence.clone();
    let large = vec![b'a'; most.most_bytes + 1];
    let many: Vec<String> = (0..=most.most_files).map(|number| format!("{number}.txt")).collect();
    let wrong: [(Vec<Shown<'_>>, &str, &str); 8] = [
        (vec![("../a.txt", b"a")], "file_name", "../a.txt"),
        (vec![("空.txt", b"")], "file_empty", "空.txt"),
        (vec![("大.txt", &large)], "file_size", "大.txt"),
        (many.iter().map(|name| (name.as_str(), &b"a"[..])).collect(), "file_count", "20"),
        (vec![("a.txt", b"a"), ("a.txt", b"b")], "file_twice", "a.txt"),
        (vec![("program.exe", b"MZ")], "file_kind", "program.exe"),
        (vec![("照片.jpg", b"MZ")], "file_content", "照片.jpg"),
        (vec![("对.jpg", PHOTO), ("照片.png", DOT.split_at(30).0)], "file_cut_off", "照片.png"),
    ];
    for (files, code, named) in wrong {
        let error = desk.tries("c1", request, shows(&desk, 1, &files)).await.expect_err(code);
        assert_eq!(error.code(), code);
        for language in [Language::Chinese, Language::English] {
            assert!(error.message(language).contains(named), "{}", error.message(language));
        }
    }
    assert_eq!(desk.engine.reader().all_evidence().await.unwrap(), []);
}

/// A kind with what it seems to be to a reader of each language.
type Seeming = (&'static str, &'static [u8], [&'static str; 2]);

async fn a_wrong_content_is_named_with_what_it_seems_to_be(mut desk: Desk) {
    let request = at_work(&mut desk, &[1]).await;
    let wrong: [Seeming; 8] = [
        ("表.csv", DOT, ["PNG 图片", "a PNG picture"]),
        ("说明.txt", b"a\0b", ["内容与扩展名不符，请", "not what its ending says; save"]),
        ("说明.txt", b"\xff\xfea\0b\0", ["UTF-16", "UTF-16"]),
        ("录音.mp3", b"%PDF-1.7\n%%EOF\n", ["PDF 文件", "a PDF document"]),
        ("录音.mp3", b"RIFF\x24\0\0\0WAVEfmt ", ["看起来是.wav 文件", ".wav"]),
        ("现场.mp4", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", ["看起来是.mov 文件", ".mov"]),
        ("通知.docx", PHOTO, ["JPEG 图片", "a JPEG picture"]),
        ("通知.doc", b"PK\x03\x04", ["看起来是.zip 文件", ".zip"]),
    ];
    for (name, bytes, seems) in wrong {
        let error = desk.tries("c1", request, shows(&desk, 1, &[(name, bytes)])).await.expect_err(name);
        assert_eq!(error.code(), "file_content");
        for (language, seems) in [Language::Chinese, Language::English].into_iter().zip(seems) {
            let said = error.message(language);
            assert!(said.contains(name) && said.contains(seems), "{said}");
        }
    }
    assert_eq!(desk.engine.reader().all_evidence().await.unwrap(), []);
}

/// What an older program has kept in one piece is cut into pieces by the migration, and nothing else is different.
async fn what_was_kept_in_one_piece_is_cut(mut desk: Desk) {
    let request = at_work(&mut desk, &[1]).await;
    let long = "名单\n".repeat(50_000);
    desk.does("c1", request, shows(&desk, 1, &[("入户.jpg", PHOTO), ("名单.csv", long.as_bytes())])).await;
    let undone = include_str!("evidence_in_one_piece.sql");
    let undone =
        if desk.url.starts_with("sqlite") { undone.to_owned() } else { undone.replace("BLOB", "bytea") };
    let files = seen_by(&desk, "c1", request).await.unwrap();
    let copy = desk.copied();
    copy.tampers(&undone);
    let applied = migrations::up(&copy.url).await.expect("it is migrated");
    assert_eq!(applied, ["m0021_evidence_pieces"]);
    let engine = copy.engine_on_copy().await;
    assert_eq!(engine.doctor().await.expect("the doctor reads").breaches, []);
    for file in files {
        let bytes = engine.delivered_bytes(request, &file.file).await.expect("it is handed out");
        assert_eq!(bytes, if file.file.name.ends_with("jpg") { PHOTO } else { long.as_bytes() });
    }
}

async fn what_a_merged_community_handed_in_stays_to_be_seen(mut desk: Desk) {
    let request = at_work(&mut desk, &[1, 3]).await;
    desk.does("c3", request, shows(&desk, 3, &[("入户.jpg", PHOTO)])).await;
    let new = engine::NewPerson {
        email: "admin@example.org".into(),
        name: "沈管".into(),
        organisation: "OFFICE".into(),
        roles: vec![Role::Admin],
        language: Language::Chinese,
    };
    desk.engine.add_person(new, desk.now()).await.unwrap();
    let admin: Actor = desk.engine.actor("admin@example.org", desk.now()).await.unwrap();
    desk.engine.merge_communities(&admin, ("420202001003", "420202001001"), desk.now()).await.unwrap();
    let scope = Scope::Community(desk.community(1));
    let seen = desk.engine.delivered_files(request, scope).await.unwrap();
    assert_eq!(seen.len(), 1, "while the rest is awaited");
    desk.does("c1", request, shows(&desk, 1, &[("入户.jpg", PHOTO)])).await;
    assert_eq!(names(&desk, "c1", request).await, ["420202001001/入户.jpg", "420202001003/入户.jpg"]);
    desk.is_sound().await;
}

async fn whatever_is_changed_in_the_files_is_found(mut desk: Desk) {
    let request = at_work(&mut desk, &[1, 2]).await;
    desk.does("c1", request, shows(&desk, 1, &[("入户.jpg", PHOTO), ("名单.csv", b"1,2\n")])).await;
    desk.is_sound().await;
    let statements = include_str!("evidence_tampering.sql").lines().filter(|line| !line.starts_with("--"));
    for statement in statements {
        let copy = desk.copied();
        copy.tampers(statement);
        let engine = copy.engine_on_copy().await;
        let found = engine.doctor().await.expect("the doctor reads").breaches;
        assert!(found.iter().any(|breach| breach.message.contains("evidence")), "{statement}: {found:?}");
    }
    let copy = desk.copied();
    let cut = include_str!("evidence_tampering.sql").lines().nth(1).expect("the first statement");
    copy.tampers(cut);
    let photo = seen_by(&desk, "c1", request).await.unwrap().remove(0).file;
    let read = copy.engine_on_copy().await.delivered_bytes(request, &photo).await;
    assert_eq!(read.expect_err("it is not handed out").code(), "unavailable");
}
