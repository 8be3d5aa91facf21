//! Looking a name up while the program is compiled.
//!
//! The table is text, a line a file in the order of names: name, tab, URL. A constant of six thousand pairs would cost
//! the compiler more than this costs it for each name: a binary search over bytes.

/// How much of a message fits; what is longer is cut.
const ROOM: usize = 512;

/// The URL of the file of that name.
///
/// # Panics
///
/// When there is none: in a constant an error of the compiler, which shows the name and the nearest one.
#[doc(hidden)]
#[track_caller]
pub const fn url_of<'a>(table: &'a str, name: &str) -> &'a str {
    let (bytes, wanted) = (table.as_bytes(), name.as_bytes());
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let start = line_start(bytes, low + (high - low) / 2);
        let end = end_of(bytes, start, b'\n');
        let tab = end_of(bytes, start, b'\t');
        match compare(wanted, bytes, start, tab) {
            0 => return text(part(bytes, tab + 1, end)),
            less if less < 0 => high = start,
            _ => low = end + 1,
        }
    }
    refuse(bytes, wanted)
}

/// Says that there is no such file, and which is nearest.
#[track_caller]
const fn refuse(table: &[u8], wanted: &[u8]) -> ! {
    let mut message = [0; ROOM];
    let mut length = push(&mut message, 0, b"there is no static file \"");
    length = push(&mut message, length, wanted);
    length = push(&mut message, length, b"\"");
    if let Some((start, end)) = nearest(table, wanted) {
        length = push(&mut message, length, b"; did you mean \"");
        length = push(&mut message, length, part(table, start, end));
        length = push(&mut message, length, b"\"?");
    }
    panic!("{}", text(part(&message, 0, length)))
}

/// The name that has most at its beginning and end in common with this one, if that is nearly all.
const fn nearest(table: &[u8], wanted: &[u8]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut least = usize::MAX;
    let mut start = 0;
    while start < table.len() {
        let end = end_of(table, start, b'\t');
        let (length, longer) =
            (end - start, if end - start > wanted.len() { end - start } else { wanted.len() });
        let shorter = if length < wanted.len() { length } else { wanted.len() };
        let mut front = 0;
        while front < shorter && table[start + front].eq_ignore_ascii_case(&wanted[front]) {
            front += 1;
        }
        let mut back = 0;
        while back < shorter - front
            && table[end - 1 - back].eq_ignore_ascii_case(&wanted[wanted.len() - 1 - back])
        {
            back += 1;
        }
        let differs = longer - front - back;
        if differs < least && differs <= 1 + longer / 5 {
            (best, least) = (Some((start, end)), differs);
        }
        start = end_of(table, end, b'\n') + 1;
    }
    best
}

/// Below, above or 0, as `wanted` is before, behind or the same as what stands from `start` to `end`.
const fn compare(wanted: &[u8], table: &[u8], start: usize, end: usize) -> i8 {
    let mut at = 0;
    while at < wanted.len() && start + at < end {
        if wanted[at] != table[start + at] {
            return if wanted[at] < table[start + at] { -1 } else { 1 };
        }
        at += 1;
    }
    match (at < wanted.len(), start + at < end) {
        (false, false) => 0,
        (false, true) => -1,
        _ => 1,
    }
}

const fn line_start(bytes: &[u8], mut at: usize) -> usize {
    while at > 0 && bytes[at - 1] != b'\n' {
        at -= 1;
    }
    at
}

/// Where that byte stands first from `at` on; the end, if nowhere.
const fn end_of(bytes: &[u8], mut at: usize, byte: u8) -> usize {
    while at < bytes.len() && bytes[at] != byte {
        at += 1;
    }
    at
}

const fn part(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    bytes.split_at(start).1.split_at(end - start).0
}

const fn push(message: &mut [u8; ROOM], mut length: usize, bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() && length < ROOM {
        message[length] = bytes[at];
        (at, length) = (at + 1, length + 1);
    }
    length
}

/// The parts of the table are text. A message that was cut inside a character is not.
const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "there is no static file of that name, which is too long to be shown",
    }
}

#[cfg(test)]
mod tests {
    use super::url_of;

    const TABLE: &str =
        "css/app.css\t/s/css/app.1.css\ncss/app.css.map\t/s/m\nimg/größe.png\t/s/g\nrobots.txt\t/s/r\n";

    fn refusal(name: &str) -> String {
        let name = name.to_owned();
        let panic = std::panic::catch_unwind(move || url_of(TABLE, &name).to_owned()).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn every_name_is_found() {
        const URL: &str = url_of(TABLE, "css/app.css");
        assert_eq!(URL, "/s/css/app.1.css");
        for line in TABLE.lines() {
            let (name, url) = line.split_once('\t').unwrap();
            assert_eq!(url_of(TABLE, name), url);
        }
        for count in [1, 2, 3, 100] {
            let names: Vec<String> =
                (100..100 + count).map(|number| format!("{number}\t/{number}\n")).collect();
            for number in 100..100 + count {
                assert_eq!(url_of(&names.concat(), &number.to_string()), format!("/{number}"));
            }
        }
    }

    #[test]
    fn what_is_not_there_is_refused_with_the_nearest_name() {
        for (name, nearest) in [
            ("css/ap.css", "; did you mean \"css/app.css\"?"),
            ("css/App.css", "; did you mean \"css/app.css\"?"),
            ("css/app.css\t", "; did you mean \"css/app.css\"?"),
            ("css/app", ""),
            ("robots.text", "; did you mean \"robots.txt\"?"),
            ("img/grüße.png", "; did you mean \"img/größe.png\"?"),
            ("", ""),
            ("zzz", ""),
            ("aaa", ""),
        ] {
            assert_eq!(refusal(name), format!("there is no static file \"{name}\"{nearest}"));
        }
        assert!(refusal(&"é".repeat(600)).contains("there is no static file"));
        assert!(std::panic::catch_unwind(|| url_of("", "a").to_owned()).is_err());
    }
}
