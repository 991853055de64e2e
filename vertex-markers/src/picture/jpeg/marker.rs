//! Markers of JPEG files (ITU-T T.81, B.1.1.3).

/// The next marker at or after `position`, and what follows it. Bytes between segments are let through.
pub(super) fn next_marker(bytes: &[u8], position: usize) -> Option<(u8, usize)> {
    let mut position = position;
    loop {
        position += bytes.get(position..)?.iter().position(|&byte| byte == 0xff)?;
        position += bytes[position..].iter().position(|&byte| byte != 0xff)?;
        if bytes[position] != 0 {
            return Some((bytes[position], position + 1));
        }
    }
}
