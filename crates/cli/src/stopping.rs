//! When the process is to end, and telling systemd how far it is. Ctrl-C and SIGTERM mean the same.

use std::io;
use std::time::Duration;

use engine::Engine;

/// Waits until somebody asks the process to end.
///
/// # Errors
/// Signals cannot be awaited here.
pub(crate) async fn asked() -> io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// How long the database may take to close; an answer that was cut off may still hold a connection.
const CLOSING: Duration = Duration::from_secs(5);

/// Closes the database. What is committed is safe without it; SQLite leaves no log file behind then.
pub(crate) async fn close(engine: &Engine) {
    let closed = tokio::time::timeout(CLOSING, engine.close()).await;
    let trouble = match closed {
        Ok(closed) => closed.err().map(|error| error.to_string()),
        Err(_) => Some("it is still in use".to_owned()),
    };
    if let Some(trouble) = trouble {
        tracing::warn!(%trouble, "the database was not closed");
    }
}

/// Tells systemd (`READY=1`, `STOPPING=1`), where it has started the process and waits for such word.
pub(crate) fn tell_systemd(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "systemd could not be told");
    }
}

#[cfg(target_os = "linux")]
fn send(socket: &std::ffi::OsStr, state: &str) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let address = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(|_| ())
}

#[cfg(not(target_os = "linux"))]
fn send(_: &std::ffi::OsStr, _: &str) -> io::Result<()> {
    Ok(())
}
