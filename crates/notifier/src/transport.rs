//! The ways a letter can leave. A try either succeeds or says whether another one is worth it; it never retries.

use std::path::Path;

use crate::error::{DeliveryError, NotifyError};
use crate::folder::Folder;
use crate::memory::Memory;
use crate::settings::SmtpSettings;
use crate::smtp::Smtp;

/// How letters leave this program.
#[derive(Debug, Clone)]
pub enum Transport {
    Smtp(Smtp),
    Folder(Folder),
    Memory(Memory),
}

impl Transport {
    /// To a mail server; nothing is connected yet.
    pub fn smtp(settings: &SmtpSettings) -> Result<Transport, NotifyError> {
        Smtp::new(settings).map(Transport::Smtp)
    }

    /// Into a folder, which is made with the first letter.
    pub fn folder(path: &Path) -> Result<Transport, NotifyError> {
        Folder::at(path).map(Transport::Folder)
    }

    /// Into memory, where [`Transport::delivered`] finds them.
    pub fn memory() -> Transport {
        Transport::Memory(Memory::default())
    }

    /// Hands over one letter; `from` and `to` are addresses, with or without a name.
    pub async fn deliver(
        &self,
        letter: &[u8],
        message_id: &str,
        from: &str,
        to: &str,
    ) -> Result<(), DeliveryError> {
        match self {
            Transport::Smtp(smtp) => smtp.send(letter, from, to).await,
            Transport::Folder(folder) => folder.write(letter, message_id).await,
            Transport::Memory(memory) => {
                memory.keep(letter, to);
                Ok(())
            }
        }
    }

    /// Whether the mail server answers and takes the credentials; no letter is sent. The other ways are always there.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn answers(&self) -> Result<(), DeliveryError> {
        match self {
            Transport::Smtp(smtp) => smtp.answers().await,
            Transport::Folder(_) | Transport::Memory(_) => Ok(()),
        }
    }

    /// Recipient and bytes of the letters in memory, in the order of delivery; none for the other ways.
    pub fn delivered(&self) -> Vec<(String, Vec<u8>)> {
        match self {
            Transport::Memory(memory) => memory.delivered(),
            Transport::Smtp(_) | Transport::Folder(_) => Vec::new(),
        }
    }
}
