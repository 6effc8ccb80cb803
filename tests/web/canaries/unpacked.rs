//! The text of an answer, whatever it is packed in: heads and bodies as they came, addresses without their escapes, the
//! members of ZIP archives and workbooks, the streams of PDF files.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::web::client::Reply;

/// All that an answer says.
pub(super) fn unpacked(reply: &Reply) -> String {
    let mut said = String::new();
    for (name, value) in &reply.headers {
        let _ = writeln!(said, "{name}: {value}");
    }
    said.push_str(&reply.body);
    if reply.bytes.starts_with(b"PK") || reply.bytes.starts_with(b"%PDF") {
        said.push_str(&opened(&reply.bytes));
    }
    let plain = unescaped(&said);
    said.push_str(&plain);
    said
}

/// Text with `%XX` read.
fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        let value = digits.and_then(|two| u8::from_str_radix(two, 16).ok()).filter(|_| *byte == b'%');
        read.push(value.unwrap_or(*byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// What Python, which shares no code with us, finds in an archive or a document.
fn opened(bytes: &[u8]) -> String {
    let script = "import sys,io,re,zipfile,zlib\n\
        data=sys.stdin.buffer.read()\n\
        out=sys.stdout.buffer\n\
        if data[:2]==b'PK':\n\
        \x20for one in zipfile.ZipFile(io.BytesIO(data)).infolist():\n\
        \x20 out.write(one.filename.encode()+b'\\n'+zipfile.ZipFile(io.BytesIO(data)).read(one)+b'\\n')\n\
        else:\n\
        \x20for one in re.findall(rb'stream\\r?\\n(.*?)endstream',data,re.S):\n\
        \x20 try: out.write(zlib.decompress(one)+b'\\n')\n\
        \x20 except zlib.error: out.write(one)";
    let mut python = Command::new("python3");
    let piped = python.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.spawn().expect("python3 is here");
    let mut stdin = child.stdin.take().expect("a pipe");
    let sent = bytes.to_vec();
    let sending = std::thread::spawn(move || stdin.write_all(&sent));
    let done = child.wait_with_output().expect("it ends");
    sending.join().expect("no panic").expect("it reads");
    String::from_utf8_lossy(&done.stdout).into_owned()
}
