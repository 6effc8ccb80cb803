//! A thousand single bits are turned over in copies of a database file: each one that changes what is stored is found by
//! the audit or the doctor, nothing panics, and untouched copies give no alarm.

use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;

use engine::Command;
use store::{AuditKey, Store};
use tokio::task::JoinSet;

use crate::desk::{Copied, Database, Desk, purchase};

/// Flips that change what is stored; those that fall into free space are drawn again.
const FLIPS: usize = 1_000;
const AT_ONCE: usize = 4;
const SEED: u64 = 0x5eed_2026_1123;

/// What SQLite's own client writes out of a file; none where it cannot.
fn dump(path: &Path) -> Option<Vec<u8>> {
    let file = format!("file:{}?immutable=1", path.display());
    let done = Process::new("sqlite3").args([file.as_str(), ".dump"]).output().expect("sqlite3 is installed");
    (done.status.success() && done.stderr.is_empty()).then_some(done.stdout)
}

/// What is known of the file that the flips are made in.
struct Original {
    bytes: Vec<u8>,
    dump: Vec<u8>,
    folder: PathBuf,
    desk: Desk,
}

/// Who found a flip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The dump is the same: the bit lies in free space.
    Nothing,
    Audit,
    Doctor,
    Missed,
}

async fn flip(original: Arc<Original>, number: usize, bit: usize) -> (usize, Found) {
    let path = original.folder.join(format!("flip{number}.db"));
    let mut bytes = original.bytes.clone();
    bytes[bit / 8] ^= 1 << (bit % 8);
    std::fs::write(&path, &bytes).expect("a copy");
    let found = match dump(&path).as_ref() == Some(&original.dump) {
        true => Found::Nothing,
        false => looked_at(&original, &path).await,
    };
    for ending in ["", "-wal", "-shm"] {
        // What is not there need not go.
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
    (bit, found)
}

async fn looked_at(original: &Original, path: &Path) -> Found {
    let url = format!("sqlite://{}", path.display());
    let Ok(store) = Store::open(&url, AuditKey::new([7; 32])).await else { return Found::Audit };
    let audited = store.audit(&[]).await;
    // A damaged file may not even close.
    let _ = store.close().await;
    if audited.is_err() || audited.is_ok_and(|audited| !audited.mismatches.is_empty()) {
        return Found::Audit;
    }
    let Ok(engine) = original.desk.tries_to_open(&url).await else { return Found::Doctor };
    match engine.doctor().await {
        Ok(checked) if checked.breaches.is_empty() => Found::Missed,
        _ => Found::Doctor,
    }
}

async fn original() -> Original {
    let desk = Desk::on(Database::Sqlite).await;
    let desk = lives(desk, &[1, 2], &mut |_| {}).await;
    desk.engine.seal_when_due(desk.now()).await.unwrap();
    desk.is_sound().await;
    let copy = desk.copied();
    let path = PathBuf::from(copy.path());
    // Opened once, so that its header is as the program leaves it.
    Store::open(&copy.url, AuditKey::new([7; 32])).await.unwrap().close().await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let dump = dump(&path).expect("the copy is whole");
    let folder = path.parent().expect("a folder").to_path_buf();
    Original { bytes, dump, folder, desk }
}

/// A request from its draft to its end; `look` is shown a copy after every step.
async fn lives(mut desk: Desk, communities: &[u8], look: &mut impl FnMut(Copied)) -> Desk {
    let request = desk.files("health", purchase(), communities).await;
    look(desk.copied());
    desk.does("health", request, Command::Submit).await;
    look(desk.copied());
    desk.does("review", request, Command::AcceptFiling).await;
    look(desk.copied());
    desk.does("review", request, Command::Quote).await;
    look(desk.copied());
    let price = desk.request(request).await.price();
    desk.does("health", request, Command::accept_quote(price, 2026)).await;
    look(desk.copied());
    desk.proposes_to_admit(request).await;
    look(desk.copied());
    desk.does("approve", request, Command::Approve).await;
    look(desk.copied());
    desk.engine.deliver_all(desk.now()).await.unwrap();
    look(desk.copied());
    desk.comes("2026-03-10").await;
    look(desk.copied());
    desk.does("money", request, Command::CommitFunds).await;
    look(desk.copied());
    desk.comes("2026-05-06").await;
    look(desk.copied());
    for number in communities {
        desk.does(&format!("c{number}"), request, desk.delivery(*number)).await;
    }
    look(desk.copied());
    desk.does("health", request, Command::Confirm).await;
    desk.engine.deliver_all(desk.now()).await.unwrap();
    desk.engine.seal(desk.now()).await.unwrap();
    look(desk.copied());
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_flipped_bits_are_found() {
    let original = Arc::new(original().await);
    let bits = original.bytes.len() * 8;
    let mut random = SEED;
    let mut draw = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(bits).unwrap()).unwrap()
    };
    let (mut drawn, mut free, mut audit, mut doctor) = (0, 0, 0, 0);
    let mut missed = Vec::new();
    let mut running = JoinSet::new();
    while audit + doctor + missed.len() < FLIPS {
        while running.len() < AT_ONCE {
            drawn += 1;
            running.spawn(flip(Arc::clone(&original), drawn, draw()));
        }
        let (bit, found) = running.join_next().await.expect("one runs").expect("no panic");
        match found {
            Found::Nothing => free += 1,
            Found::Audit => audit += 1,
            Found::Doctor => doctor += 1,
            Found::Missed => missed.push(bit),
        }
    }
    assert_eq!(missed, Vec::<usize>::new(), "of {drawn} flips, {free} in free space");
    assert!(audit > doctor, "{audit} by the audit, {doctor} by the doctor");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_untouched_copies_give_no_alarm() {
    let mut copies = Vec::new();
    for communities in [&[1][..], &[2], &[3], &[1, 2]] {
        let desk = Desk::on(Database::Sqlite).await;
        let mut looked = Vec::new();
        let desk = lives(desk, communities, &mut |copy| looked.push(copy)).await;
        for copy in &looked {
            let engine = copy.engine_on_copy().await;
            assert_eq!(engine.audit(&[]).await.unwrap().mismatches, Vec::new());
            assert_eq!(engine.doctor().await.unwrap().breaches, Vec::new());
        }
        copies.extend(looked);
        drop(desk);
    }
    assert!(copies.len() >= 50, "{}", copies.len());
}
