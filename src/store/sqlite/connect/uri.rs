//! Any path as an SQLite `file:` URI. Nothing of how the file is opened but the given parameters.

use std::path::Path;

/// `file:` + the absolute path with every byte that could mean something in a URI escaped + `?` +
/// `parameters` (already in URI form). Bytes that are no UTF-8 survive on Unix.
pub(super) fn file_uri(path: &Path, parameters: &str) -> String {
    let bytes = slashed(path);
    let mut uri = String::with_capacity(bytes.len() + parameters.len() + 16);
    uri.push_str("file://");
    if bytes.first() != Some(&b'/') {
        uri.push('/');
    }
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' => {
                uri.push(char::from(byte));
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                uri.push('%');
                uri.push(char::from(HEX[usize::from(byte >> 4)]));
                uri.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    uri.push('?');
    uri.push_str(parameters);
    uri
}

#[cfg(unix)]
fn slashed(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// `\\?\C:\a` is `C:/a`, `\\?\UNC\host\share` is `//host/share`.
#[cfg(not(unix))]
fn slashed(path: &Path) -> Vec<u8> {
    let text = path.to_string_lossy().replace('\\', "/");
    match text.strip_prefix("//?/") {
        Some(rest) => match rest.strip_prefix("UNC/") {
            Some(share) => format!("//{share}").into_bytes(),
            None => rest.as_bytes().to_vec(),
        },
        None => text.into_bytes(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;

    fn decoded(uri: &str) -> Vec<u8> {
        let path = uri.strip_prefix("file://").unwrap_or_default();
        let mut bytes = path.bytes().take_while(|b| !b"?#".contains(b));
        let mut out = Vec::new();
        while let Some(byte) = bytes.next() {
            if byte == b'%' {
                let hex: Vec<u8> = bytes.by_ref().take(2).collect();
                let hex = String::from_utf8_lossy(&hex).into_owned();
                out.push(u8::from_str_radix(&hex, 16).unwrap_or(0));
            } else {
                out.push(byte);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn every_path_survives(bytes in proptest::collection::vec(1u8.., 0..60)) {
            let mut path = b"/".to_vec();
            path.extend(bytes);
            let uri = file_uri(&PathBuf::from(OsString::from_vec(path.clone())), "mode=ro");
            prop_assert!(uri.is_ascii());
            prop_assert!(uri.ends_with("?mode=ro"));
            prop_assert_eq!(decoded(&uri), path);
        }
    }

    #[test]
    fn what_means_something_in_a_uri_is_escaped() {
        assert_eq!(
            file_uri(Path::new("/a b/50%?#&.db"), "mode=ro"),
            "file:///a%20b/50%25%3F%23%26.db?mode=ro"
        );
    }
}
