//! Files of evidence: read from disk to be handed in, listed, and saved to disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use engine::{DeliveredFile, Engine};
use serde_json::json;
use store::{HandedIn, Scope};

use crate::print::{self, Failure};
use crate::settings::Common;

/// Files on disk, read; of one that is too large only so much that this can be seen.
pub(crate) fn read(common: &Common, engine: &Engine, paths: &[PathBuf]) -> Result<Vec<HandedIn>, Failure> {
    let most = engine.content().rules.parameters().oversight.evidence.most_bytes;
    let enough = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let one = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(enough).read_to_end(&mut bytes));
        read.map(|_| HandedIn::in_memory(name, bytes)).map_err(|error| cannot_read(common, path, &error))
    };
    paths.iter().map(one).collect()
}

fn cannot_read(common: &Common, path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::Input(match common.lang {
        crate::settings::Lang::Zh => format!("读不出文件“{path}”，请检查路径和权限：{error}"),
        crate::settings::Lang::En => {
            format!("cannot read `{path}`; check the path and its permissions: {error}")
        }
    })
}

/// The files of a request's deliveries that the reader may see; with `save` they are written to disk, too.
pub(crate) async fn list(
    common: &Common,
    engine: &Engine,
    (request, scope): (&str, Scope),
    (community, save): (Option<String>, Option<PathBuf>),
) -> Result<(), Failure> {
    let id = engine.reader().request_id(request, scope).await?;
    let mut files = engine.delivered_files(id, scope).await?;
    if let Some(code) = community {
        let own =
            |one: &DeliveredFile| one.community == code || one.file.name.starts_with(&format!("{code}/"));
        files.retain(own);
    }
    let mut saved = Vec::new();
    for one in files.iter().filter(|_| save.is_some()) {
        let bytes = engine.delivered_bytes(id, &one.file).await?;
        saved.push(write(common, save.as_deref().unwrap_or(Path::new(".")), (&one.file.name, &bytes))?);
    }
    if common.json {
        let line = |(index, one): (usize, &DeliveredFile)| {
            let saved = saved.get(index).map(|path| path.display().to_string());
            json!({ "community": one.community, "name": one.file.name, "size": one.file.size,
                    "sha256": one.file.sha256, "saved": saved })
        };
        return print::json(&files.iter().enumerate().map(line).collect::<Vec<_>>());
    }
    if files.is_empty() {
        return Ok(print::line(common.say("没有可见的交付证据", "no evidence of a delivery to be seen"))?);
    }
    let row = |one: &DeliveredFile| {
        let file = &one.file;
        vec![one.community.clone(), file.name.clone(), file.size.to_string(), file.sha256.clone()]
    };
    let heading =
        [common.say("社区", "community"), common.say("文件", "file"), common.say("字节", "bytes"), "SHA-256"];
    print::line(print::table(&heading, &[2], files.iter().map(row).collect()))?;
    for path in saved {
        print::line(format!("{} {}", common.say("已保存", "saved"), path.display()))?;
    }
    Ok(())
}

/// Writes a file below a folder; a file of that name that is there already stays, and is no fault if it is the same.
fn write(common: &Common, folder: &Path, (name, bytes): (&str, &[u8])) -> Result<PathBuf, Failure> {
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    let path = folder.join(name);
    let fault = |what: &str| Failure::Input(format!("{}: {what}", path.display()));
    if !plain {
        return Err(fault(common.say("不是普通文件名", "this is no plain name of a file")));
    }
    match fs::read(&path) {
        Ok(there) if there == bytes => return Ok(path),
        Ok(_) => {
            let what = "已有同名文件，内容不同，请换一个文件夹";
            return Err(fault(common.say(what, "another file of this name is there; name another folder")));
        }
        Err(_) => {}
    }
    let parent = path.parent().unwrap_or(folder);
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(&path, bytes));
    written.map_err(|error| fault(&error.to_string()))?;
    Ok(path)
}
