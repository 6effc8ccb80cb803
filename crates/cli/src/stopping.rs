//! When the process is to end, and telling systemd how far it is. Ctrl-C and SIGTERM mean the same.

use std::io;
use std::time::Duration;

use engine::Engine;

/// The signals that ask the process to end; none is missed once this is there.
#[derive(Debug)]
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupted: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl Signals {
    /// # Errors
    /// Signals cannot be awaited here.
    #[cfg(unix)]
    pub(crate) fn listen() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let (interrupted, terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Signals { interrupted, terminated })
    }

    #[cfg(not(unix))]
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals {})
    }

    /// Waits until somebody asks the process to end.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        // Where it cannot be awaited nobody can ask either.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
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
