//! Every kind that is kept: a small true file is known, cut off it is called so, and another one's content is told.

use super::*;

fn file(bytes: &[u8]) -> HandedIn {
    HandedIn::in_memory("x".to_owned(), bytes.to_vec())
}

fn picture(scan: &[u8]) -> Vec<u8> {
    let thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
    [&[0xff, 0xd8], &thumbnail[..], &[0xff, 0xda, 0, 3, 1], scan, &[0xff, 0xd9]].concat()
}

fn chunk(kind: &[u8], bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("small").to_be_bytes();
    [&length[..], kind, bytes, &[0; 4]].concat()
}

fn boxed(kind: &[u8], bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len() + 8).expect("small").to_be_bytes();
    [&length[..], kind, bytes].concat()
}

fn archive(name: &str) -> Vec<u8> {
    let length = u16::try_from(name.len()).expect("short").to_le_bytes();
    let local = [&b"PK\x03\x04"[..], &[0; 26], name.as_bytes(), b"content"].concat();
    let list = [&b"PK\x01\x02"[..], &[0; 24], &length, &[0; 16], name.as_bytes()].concat();
    let place = [list.len(), local.len()].map(|at| u32::try_from(at).expect("small").to_le_bytes());
    let end = [&b"PK\x05\x06"[..], &[0; 8], &place[0], &place[1], &[0; 2]].concat();
    [local, list, end].concat()
}

fn compound() -> Vec<u8> {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    bytes[30] = 9;
    bytes[76..].fill(0xff);
    bytes[76..80].fill(0);
    let mut table = vec![0xff; 512];
    table[..12].fill(1);
    [bytes, table, vec![7; 1024]].concat()
}

fn sound(frames: usize) -> Vec<u8> {
    [&[0xff, 0xfb, 0x90, 0][..], &[0; 413]].concat().repeat(frames)
}

/// A true file of each form.
fn of(form: FileForm) -> Vec<u8> {
    match form {
        FileForm::Pdf => b"%PDF-1.7\n1 0 obj\n\xe4\nendobj\n%%EOF\n".to_vec(),
        FileForm::Jpeg => picture(&[1, 0xff, 0, 2, 0xff, 0xd3, 3]),
        FileForm::Png => {
            let chunks = [chunk(b"IHDR", &[1; 13]), chunk(b"IDAT", &[0; 40]), chunk(b"IEND", b"")].concat();
            [&b"\x89PNG\r\n\x1a\n"[..], &chunks].concat()
        }
        FileForm::Docx => archive("word/document.xml"),
        FileForm::Xlsx => archive("xl/workbook.xml"),
        FileForm::Ofd => archive("OFD.xml"),
        FileForm::Office => compound(),
        FileForm::Text => "姓名,楼栋\r\n沿湖路,七\n".as_bytes().to_vec(),
        FileForm::Mp3 => sound(3),
        FileForm::Mp4 => {
            let first = boxed(b"ftyp", b"isom\0\0\x02\0isomavc1");
            [first, boxed(b"mdat", &[9; 300]), boxed(b"moov", &[0; 90])].concat()
        }
    }
}

#[test]
fn a_true_file_is_known_and_no_other_form_takes_it() {
    for form in FileForm::ALL {
        let bytes = of(*form);
        assert_eq!(judge(&file(&bytes), *form).expect("read"), Judged::Whole, "{form}");
        assert_eq!(seems(&file(&bytes)).expect("read"), Seems::Form(*form));
        for other in FileForm::ALL.iter().filter(|other| *other != form) {
            assert_ne!(judge(&file(&bytes), *other).expect("read"), Judged::Whole, "{form} as {other}");
        }
    }
}

#[test]
fn what_is_cut_off_is_called_so() {
    for form in FileForm::ALL {
        let bytes = of(*form);
        let least = match form {
            // A recording may end after the head of its second frame.
            FileForm::Mp3 => 417 + 4,
            // The last sector may be short.
            FileForm::Office => 1024 + 512,
            FileForm::Text => bytes.len(),
            _ => bytes.len() - 8,
        };
        for length in (12..least).step_by(3) {
            let judged = judge(&file(&bytes[..length]), *form).expect("read");
            match form {
                FileForm::Text => {}
                _ => assert_ne!(judged, Judged::Whole, "{form} of {length} bytes"),
            }
        }
    }
    let cut = ["姓名", "abc一"].map(|text| &text.as_bytes()[..text.len() - 1]);
    for text in [cut[0], cut[1], b"\xc4\xe3\xba"] {
        assert_eq!(judge(&file(text), FileForm::Text).expect("read"), Judged::CutOff);
    }
    assert_eq!(judge(&file(&picture(&[7; 90])[..60]), FileForm::Jpeg).expect("read"), Judged::CutOff);
    assert_eq!(judge(&file(&of(FileForm::Mp4)[..320]), FileForm::Mp4).expect("read"), Judged::CutOff);
}

#[test]
fn text_is_read_in_both_encodings_and_has_no_controls() {
    let long = "居民委员会，".repeat(21_000);
    let (in_gb, ..) = encoding_rs::GB18030.encode(&long);
    for text in [long.as_bytes(), &in_gb, b"\xef\xbb\xbfa,b\r\n", b"=1+1,@x\t"] {
        assert_eq!(judge(&file(text), FileForm::Text).expect("read"), Judged::Whole);
    }
    for other in [&b"a\0b"[..], b"\x1b[31m", b"a\x0cb", b"\xff\xfea\0", b"\xd8\x00\xdc"] {
        assert_eq!(judge(&file(other), FileForm::Text).expect("read"), Judged::Other, "{other:?}");
    }
    assert_eq!(seems(&file(b"\xff\xfea\0b\0")).expect("read"), Seems::Utf16);
}

#[test]
fn a_recording_may_begin_with_tags_and_a_gap() {
    let tag = [&b"ID3\x04\0\0\0\0\0\x05"[..], b"hello"].concat();
    let whole = [&tag, &tag, &[0; 30][..], &sound(2)].concat();
    assert_eq!(judge(&file(&whole), FileForm::Mp3).expect("read"), Judged::Whole);
    assert_eq!(judge(&file(&tag), FileForm::Mp3).expect("read"), Judged::CutOff);
    let nothing = [&tag[..], &[0; 900]].concat();
    assert_eq!(judge(&file(&nothing), FileForm::Mp3).expect("read"), Judged::Other);
    let far = [&[0xff, 0xfb, 0x90, 0][..], &[0; 999]].concat();
    assert_eq!(judge(&file(&far), FileForm::Mp3).expect("read"), Judged::Other, "no second frame");
}

#[test]
fn a_film_has_a_brand_that_is_known() {
    for brand in [b"qt  ", b"heic"] {
        let other = [boxed(b"ftyp", &[&brand[..], &[0; 4]].concat()), boxed(b"moov", &[0; 9])].concat();
        assert_eq!(judge(&file(&other), FileForm::Mp4).expect("read"), Judged::Other);
    }
    assert_eq!(seems(&file(b"MZ\x90\0\x03")).expect("read"), Seems::Like("exe"));
    assert_eq!(seems(&file(&[3, 1, 4])).expect("read"), Seems::Unknown);
}
