//! A file that is handed in: name, size and hash are known; the bytes are where they came to, in memory or on disk, until a
//! transaction keeps them. On disk it has no name, so that a kill leaves nothing of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::events::hex;

/// A file before it is kept; copies of it share the bytes.
#[derive(Debug, Clone)]
pub struct HandedIn {
    name: String,
    content: Arc<Content>,
}

#[derive(Debug)]
struct Content {
    sha256: String,
    size: u64,
    bytes: Bytes,
}

#[derive(Debug)]
enum Bytes {
    InMemory(Vec<u8>),
    OnDisk(Mutex<File>),
}

/// A file that is on its way: what has come is on disk and counted in the hash.
#[derive(Debug)]
pub struct Arriving {
    file: File,
    hash: Sha256,
    size: u64,
}

impl Arriving {
    /// A file without a name in a folder, which is best where the database is.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn in_folder(folder: &Path) -> io::Result<Arriving> {
        Ok(Arriving { file: tempfile::tempfile_in(folder)?, hash: Sha256::new(), size: 0 })
    }

    /// Writes what has come next.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn takes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// All has come.
    #[must_use]
    pub fn arrived(self, name: String) -> HandedIn {
        let Arriving { file, hash, size } = self;
        let (sha256, bytes) = (hex(&hash.finalize()), Bytes::OnDisk(Mutex::new(file)));
        HandedIn { name, content: Arc::new(Content { sha256, size, bytes }) }
    }
}

impl HandedIn {
    /// A file whose bytes are in memory already.
    #[must_use]
    pub fn in_memory(name: String, bytes: Vec<u8>) -> HandedIn {
        let (sha256, size) = (hex(&Sha256::digest(&bytes)), bytes.len() as u64);
        HandedIn { name, content: Arc::new(Content { sha256, size, bytes: Bytes::InMemory(bytes) }) }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.content.sha256
    }

    /// Bytes of the whole.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.content.size
    }

    /// The same file under another name.
    #[must_use]
    pub fn renamed(&self, name: String) -> HandedIn {
        HandedIn { name, content: Arc::clone(&self.content) }
    }

    /// At most so many bytes from a place on; fewer only at the end.
    ///
    /// # Errors
    /// The disk is broken.
    pub fn read(&self, from: u64, most: usize) -> io::Result<Vec<u8>> {
        match &self.content.bytes {
            Bytes::InMemory(bytes) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
                let rest = bytes.get(from..).unwrap_or_default();
                Ok(rest.get(..most).unwrap_or(rest).to_vec())
            }
            Bytes::OnDisk(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                let mut read = Vec::with_capacity(most);
                (&mut *file).take(most as u64).read_to_end(&mut read)?;
                Ok(read)
            }
        }
    }

    /// All of it, for what is read as a whole anyway.
    ///
    /// # Errors
    /// The disk is broken.
    pub fn whole(&self) -> io::Result<Vec<u8>> {
        self.read(0, usize::try_from(self.size()).unwrap_or(usize::MAX))
    }
}

impl From<(String, Vec<u8>)> for HandedIn {
    fn from((name, bytes): (String, Vec<u8>)) -> HandedIn {
        HandedIn::in_memory(name, bytes)
    }
}

impl PartialEq for HandedIn {
    fn eq(&self, other: &HandedIn) -> bool {
        self.name == other.name && self.sha256() == other.sha256() && self.size() == other.size()
    }
}

impl Eq for HandedIn {}
