//! Numbers with thousands and decimals in every country's writing, as exact decimal text.

/// A number in a text: its byte range and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) amount: String,
}

/// More digits than any price has; longer runs are other things.
const MAX_DIGITS: usize = 18;

/// The decimal digit of a character of any script that prices are written in.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

/// Whether a character is a digit of any of these scripts.
pub(crate) fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

/// What stands between the digits of one number: a point, a comma, a space, an apostrophe.
fn separator(c: char) -> Option<char> {
    match c {
        '.' | ',' => Some(c),
        '٬' | '\'' | '’' | '`' | '´' => Some('\''),
        '٫' => Some('٫'),
        '，' => Some(','),
        '．' | '·' => Some('.'),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    }
}

/// The numbers of a text in order. `decimal` is the character that is known to part the decimals.
pub(super) fn numbers(text: &str, decimal: Option<char>) -> Vec<Number> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let Some(run) = Run::read(&chars, at) else {
            at += 1;
            continue;
        };
        let offset = |index: usize| chars.get(index).map_or(text.len(), |(offset, _)| *offset);
        // `1e400` is one number, and no price.
        let get = |index: usize| chars.get(index).map(|(_, c)| *c);
        let exponent = matches!(get(run.end), Some('e' | 'E')) && get(run.end + 1).is_some_and(|c| c.is_ascii_digit());
        if exponent {
            at = chars.len();
            continue;
        }
        if let Some(amount) = run.amount(decimal) {
            numbers.push(Number { start: offset(run.start), end: offset(run.end), amount });
        }
        at = run.end;
    }
    numbers
}

/// How many digits follow from `at` on; no more than matter.
fn digits_from(chars: &[(usize, char)], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    rest.iter().map_while(|(_, c)| digit(*c)).take(MAX_DIGITS).count()
}

/// Groups of digits and what parts them.
struct Run {
    start: usize,
    end: usize,
    groups: Vec<String>,
    separators: Vec<char>,
}

impl Run {
    fn read(chars: &[(usize, char)], start: usize) -> Option<Self> {
        let mut run = Self { start, end: start, groups: vec![String::new()], separators: Vec::new() };
        let get = |at: usize| chars.get(at).map(|(_, c)| *c);
        // `.75`: decimals without a whole part, unless the point ends a word.
        if let Some(point @ ('.' | ',')) = get(start) {
            let before = start.checked_sub(1).and_then(get);
            if digits_from(chars, start + 1) == 0 || before.is_some_and(char::is_alphanumeric) {
                return None;
            }
            run.part(point, 1);
        }
        loop {
            while let Some(digit) = get(run.end).and_then(digit) {
                run.groups.last_mut()?.push(digit);
                run.end += 1;
            }
            match run.separator(chars) {
                Some((separator, length)) => run.part(separator, length),
                None => break,
            }
        }
        run.groups.iter().any(|group| !group.is_empty()).then_some(run)
    }

    /// Begins another group after a separator of some characters.
    fn part(&mut self, separator: char, length: usize) {
        self.separators.push(separator);
        self.groups.push(String::new());
        self.end += length;
    }

    /// What parts the group just read from one that follows, and how many characters it takes.
    fn separator(&self, chars: &[(usize, char)]) -> Option<(char, usize)> {
        let get = |at: usize| chars.get(at).map(|(_, c)| *c);
        let found = get(self.end).and_then(separator)?;
        let before = self.groups.last().map_or(0, String::len);
        match (found, digits_from(chars, self.end + 1)) {
            // A space parts thousands only; two numbers side by side are two numbers.
            (' ', 3) if (1..=3).contains(&before) => Some((found, 1)),
            // `118, 99`: a typist's space before the cents.
            ('.' | ',', 0) if get(self.end + 1) == Some(' ') && digits_from(chars, self.end + 2) == 2 => {
                Some((found, 2))
            }
            (' ', _) | (_, 0) => None,
            _ => Some((found, 1)),
        }
    }

    /// The value: the last separator parts decimals where it can, everything before it parts thousands.
    fn amount(&self, decimal: Option<char>) -> Option<String> {
        if self.groups.concat().trim_start_matches('0').len() > MAX_DIGITS {
            return None;
        }
        if self.is_date() {
            return None;
        }
        let parts = self.decimals(decimal);
        let whole_groups = self.groups.len() - usize::from(parts);
        let whole = self.groups.get(..whole_groups)?.concat();
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        Some(match self.groups.last().filter(|_| parts) {
            Some(fraction) => format!("{whole}.{fraction}"),
            None => whole.to_owned(),
        })
    }

    /// `15.08.2017`: what stands between three groups parts thousands or nothing of a price.
    fn is_date(&self) -> bool {
        let lengths: Vec<usize> = self.groups.iter().map(String::len).collect();
        matches!(lengths.as_slice(), [1..=2, 1..=2, 2 | 4]) && self.separators.iter().all(|separator| *separator == '.')
    }

    fn decimals(&self, decimal: Option<char>) -> bool {
        let (Some(last), Some(digits)) = (self.separators.last(), self.groups.last().map(String::len)) else {
            return false;
        };
        if let Some(decimal) = decimal {
            return *last == decimal || *last == '٫';
        }
        let same = self.separators.iter().filter(|separator| *separator == last).count();
        match last {
            ' ' | '\'' => false,
            '٫' => true,
            // `1.234.567`: what stands twice parts thousands.
            _ if same > 1 => false,
            // `1,234.567`: two kinds, so the last is the point.
            _ if self.separators.len() > 1 => true,
            _ if self.groups.first().is_some_and(|first| first.is_empty() || first.chars().all(|c| c == '0')) => true,
            _ => digits != 3 || self.groups.first().is_some_and(|first| first.len() > 3),
        }
    }
}
