//! Letters as files: one `.eml` each, whole or not there, named by its Message-ID. It never deletes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::error::{DeliveryError, NotifyError};

const NAME_CHARACTERS: usize = 100;

/// A folder, made with the first letter.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Names the folder; whoever sends nothing leaves no trace.
    pub(crate) fn at(path: &Path) -> Result<Folder, NotifyError> {
        let path = path.to_owned();
        if path.exists() && !path.is_dir() {
            let source = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(NotifyError::Folder { path, source });
        }
        Ok(Folder { path })
    }

    /// The same letter twice leaves one file.
    pub(crate) async fn write(&self, letter: &[u8], message_id: &str) -> Result<(), DeliveryError> {
        let Some(name) = file_name(message_id) else {
            return Err(DeliveryError::Never(format!(
                "Message-ID `{}` names no file",
                message_id.escape_debug()
            )));
        };
        let (folder, letter) = (self.path.clone(), letter.to_vec());
        let writing = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &letter));
        let written = writing.await.map_err(io::Error::from).flatten();
        written.map_err(|error| DeliveryError::Later(format!("mail folder: {error}")))
    }
}

/// The part of a Message-ID before the `@`, if it is harmless as a file name.
fn file_name(message_id: &str) -> Option<String> {
    let (local, _) = message_id.strip_prefix('<')?.strip_suffix('>')?.split_once('@')?;
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let fits = !local.is_empty() && local.len() <= NAME_CHARACTERS;
    (fits && local.bytes().all(harmless)).then(|| local.to_owned())
}

fn write_whole(folder: &Path, name: &str, letter: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let half = folder.join(format!("{name}.{}.part", Uuid::now_v7()));
    let written =
        write_through(&half, letter).and_then(|()| fs::rename(&half, folder.join(format!("{name}.eml"))));
    if written.is_err() {
        // The first error is the one to tell; a file that was never made cannot be removed.
        let _ = fs::remove_file(&half);
        return written;
    }
    File::open(folder)?.sync_all()
}

fn write_through(path: &Path, letter: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(letter)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Folder, file_name};
    use crate::error::{DeliveryError, NotifyError};

    #[test]
    fn only_harmless_names_are_files() {
        assert_eq!(file_name("<0190-aB@example.org>").as_deref(), Some("0190-aB"));
        let long = format!("<{}@h>", "a".repeat(101));
        for bad in ["", "<@h>", "a@h", "<a>", "<../a@h>", "<a/b@h>", "<a.b@h>", "<a\0@h>", "<甲@h>", &long] {
            assert_eq!(file_name(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn the_same_letter_twice_is_one_file() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(&place.path().join("out/letters")).unwrap();
        assert!(!place.path().join("out").exists(), "no letter, no folder");
        for _ in 0..2 {
            folder.write(b"Subject: x\r\n\r\ny\r\n", "<0190-a@example.org>").await.unwrap();
        }
        let files: Vec<_> = fs::read_dir(place.path().join("out/letters")).unwrap().flatten().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].file_name(), "0190-a.eml");
        assert_eq!(fs::read(files[0].path()).unwrap(), b"Subject: x\r\n\r\ny\r\n");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_tried_again_and_a_bad_name_is_not() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(&place.path().join("out")).unwrap();
        assert!(matches!(folder.write(b"", "<../../a@h>").await, Err(DeliveryError::Never(_))));
        fs::write(place.path().join("out"), "no folder").unwrap();
        assert!(matches!(folder.write(b"", "<a@h>").await, Err(DeliveryError::Later(_))));
        assert!(matches!(Folder::at(&place.path().join("out")), Err(NotifyError::Folder { .. })));
    }
}
