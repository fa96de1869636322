//! Generates documents and changes from the bytes of a test case.

use hooks::core::definitions::edit::{Change, FieldPath, Scalar};

/// Makes decisions from bytes, so that fewer and smaller bytes give a simpler document.
pub(super) struct Dice<'a>(pub(super) std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % sides
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }
}

/// As written, and as parsed.
const HANDLES: [(&str, &str); 4] = [("a", "a"), ("b-1", "b-1"), ("'c d'", "c d"), ("\"\\u0065\"", "e")];
const FIELDS: [&str; 5] = ["name", "trigger", "active", "method", "payload_url"];
const NAMES: [&str; 4] = ["A", "X-Key", "'k k'", "\"q\\\"\""];
const KEYS: [&str; 4] = ["\"A\"", "'X-Key'", "\"k k\"", "\"A\""];
const LITERALS: [&str; 16] = [
    "\"v\"",
    "'v'",
    "true",
    "\"\"",
    "\"\"\"\n[webhooks.a]\nname = 'x' # \"\"\"",
    "'''\n# [webhooks]\n\"'''",
    "67",
    "0x4_3",
    "\"ä {{email}} ${T} \\u00e4\"",
    "1979-05-27 07:32:00Z",
    "-1.5e+10",
    "[ 1, # ]\n [\"]\"], {a = 1} ]",
    "{ in = {}, ner.x = 'y' }",
    "inf",
    "{ json = '[1, \"a\"]' }",
    "{ # c\n  json = \"null\", # d\n}",
];
const COMMENTS: [&str; 5] = ["", "# about it\n", "\n# apart\n\n", "# 1\n  # 2 [webhooks.a]\n", "\n"];
const FOREIGN: [&str; 5] = [
    "[tool]\nwebhooks.a.name = 'not ours'\n",
    "[[list]]\na = 1\n[list.webhooks.a]\nname = 'no'\n[[list]]\n",
    "  [ 'to' . ol ] # c\n  x = \"\"\"\n[webhooks.a]\n\"\"\"\n",
    "[check]\n\tlist = [\n\t\"[webhooks.b-1]\",\n\t]\n",
    "[x.\"y.z\".webhooks]\n",
];
const VALUES: [&str; 7] = ["PUT", "", "it's", "\"\\", "two\nlines", "{{amount}} ${T}", "\r\n\u{7f}ä"];

/// Values of which TOML has the first three.
const JSON: [&str; 6] =
    ["true", "-1", "-1.50e3", "12345678901234567890", "{\"a\": [null, \"it's\\n\"]}", "${T}"];

fn key_value(dice: &mut Dice<'_>, key: &str) -> String {
    let equals = dice.pick(&[" = ", "=", "\t=  "]);
    let literal = dice.pick(&LITERALS);
    format!("{key}{equals}{literal}")
}

/// The members of a header or body table.
fn group(dice: &mut Dice<'_>) -> Vec<String> {
    let count = dice.roll(4);
    (0..count).map(|n| key_value(dice, NAMES[n])).collect()
}

fn inline(dice: &mut Dice<'_>, members: &[String]) -> String {
    match dice.roll(5) {
        0 => format!("{{{}}}", members.join(",")),
        1 if !members.is_empty() => format!("{{\n  {}, # c\n}}", members.join(", # c\n  ")),
        2 if !members.is_empty() => format!("{{ # c\n  {}\n  # d\n}}", members.join(",\n  ")),
        3 if !members.is_empty() => format!("{{ {}, }}", members.join("\n , ")),
        _ => format!("{{ {} }}", members.join(", ")),
    }
}

/// The items of a header or body in list form.
fn items(dice: &mut Dice<'_>) -> Vec<[String; 2]> {
    let count = dice.roll(4);
    let item = |_| [format!("key = {}", dice.pick(&KEYS)), key_value(dice, "value")];
    (0..count).map(item).collect()
}

fn list(dice: &mut Dice<'_>) -> String {
    let items: Vec<String> = items(dice).iter().map(|item| format!("{{ {} }}", item.join(", "))).collect();
    match dice.roll(4) {
        1 if !items.is_empty() => format!("[\n  {}, # c\n]", items.join(", # c\n  ")),
        2 if !items.is_empty() => format!("[ # c\n  {}\n  # d\n]", items.join(",\n  ")),
        _ => format!("[{}]", items.join(",")),
    }
}

/// The lines of a webhook's own table, with header and body if they are inline or dotted; otherwise header and body as
/// separate tables.
fn webhook(dice: &mut Dice<'_>, handle: &str) -> (Vec<String>, Vec<String>) {
    let (mut own, mut tables) = (Vec::new(), Vec::new());
    for field in FIELDS {
        if dice.roll(2) == 1 {
            own.push(key_value(dice, field));
        }
    }
    for name in ["header", "body", "id"] {
        let members = group(dice);
        match dice.roll(if name == "id" { 4 } else { 6 }) {
            0 if name == "id" => own.push("id = 67".to_owned()),
            1 => own.push(format!("{name} = {}", inline(dice, &members))),
            2 => own.extend(members.iter().map(|member| format!("{name}.{member}"))),
            3 => {
                let lines: Vec<String> =
                    members.iter().map(|m| format!("{}{m}\n", dice.pick(&COMMENTS))).collect();
                let (above, after) = (dice.pick(&COMMENTS), dice.pick(&["", " # c"]));
                tables.push(format!("{above}[webhooks.{handle}.{name}]{after}\n{}", lines.concat()));
            }
            4 => own.push(format!("{name} = {}", list(dice))),
            5 => {
                for item in items(dice) {
                    let (above, after) = (dice.pick(&COMMENTS), dice.pick(&["", " # c"]));
                    tables.push(format!("{above}[[webhooks.{handle}.{name}]]{after}\n{}\n", item.join("\n")));
                }
            }
            _ => {}
        }
    }
    (own, tables)
}

#[derive(Default)]
struct Parts {
    head: String,
    shared: String,
    members: Vec<String>,
    chunks: Vec<String>,
}

impl Parts {
    /// Writes a webhook in one of the possible forms; `in_one` if all are in one inline table.
    fn add(&mut self, dice: &mut Dice<'_>, handle: &str, in_one: bool) {
        let (own, tables) = webhook(dice, handle);
        let comment = dice.pick(&COMMENTS);
        let dotted =
            |prefix: &str| own.iter().map(|line| format!("{prefix}{handle}.{line}\n")).collect::<String>();
        match if in_one { 4 } else { dice.roll(4) } {
            0 => {
                let indent = dice.pick(&["", "  ", "\t"]);
                let lines: Vec<String> =
                    own.iter().map(|line| format!("{}{indent}{line} # c\n", dice.pick(&COMMENTS))).collect();
                self.chunks.push(format!("{comment}[webhooks.{handle}]\n{}", lines.concat()));
                self.chunks.extend(tables);
            }
            1 => {
                self.shared += &[comment, &dotted("")].concat();
                self.chunks.extend(tables);
            }
            2 => self.shared += &[handle, " = ", &inline(dice, &own), " # c\n"].concat(),
            3 => {
                self.head += &[comment, &dotted("webhooks . ")].concat();
                self.chunks.extend(tables);
            }
            _ if dice.roll(2) == 0 => self.members.push(format!("{handle} = {}", inline(dice, &own))),
            _ => self.members.extend(own.iter().map(|line| format!("{handle}.{line}"))),
        }
        if dice.roll(3) == 2 {
            self.chunks.push(dice.pick(&FOREIGN).to_owned());
        }
    }

    fn join(mut self, dice: &mut Dice<'_>, in_one: bool) -> String {
        if in_one {
            self.head += &["webhooks = ", &inline(dice, &self.members), "\n"].concat();
        }
        if !self.shared.is_empty() {
            self.chunks.insert(0, format!("[webhooks]\n{}", self.shared));
        }
        for _ in 0..dice.roll(3) {
            if self.chunks.len() > 1 {
                let (a, b) = (dice.roll(self.chunks.len()), dice.roll(self.chunks.len()));
                self.chunks.swap(a, b);
            }
        }
        let separator = dice.pick(&["\n", "", "\n\n"]);
        let (above, below) = (dice.pick(&COMMENTS), dice.pick(&COMMENTS));
        [above, &self.head, separator, &self.chunks.join(separator), below].concat()
    }
}

/// A document with any TOML construct; some are invalid.
pub(super) fn document(dice: &mut Dice<'_>) -> String {
    let in_one = dice.roll(6) == 5;
    let count = dice.roll(HANDLES.len() + 1);
    let mut parts = Parts::default();
    for (handle, _) in &HANDLES[..count] {
        parts.add(dice, handle, in_one);
    }
    let mut text = parts.join(dice, in_one);
    if dice.roll(4) == 3 {
        text.truncate(text.trim_end_matches('\n').len());
    }
    match dice.roll(3) {
        0 => {}
        1 => text = text.replace('\n', "\r\n"),
        _ => {
            let lines: Vec<&str> = text.split('\n').collect();
            let ends = lines[1..].iter().map(|line| [dice.pick(&["\n", "\r\n"]), line].concat());
            text = lines[0].to_owned() + &ends.collect::<String>();
        }
    }
    if dice.roll(4) == 3 { format!("\u{feff}{text}") } else { text }
}

/// A change to a webhook that may exist.
pub(super) fn change(dice: &mut Dice<'_>) -> Change {
    let handle = HANDLES[dice.roll(HANDLES.len())].1.to_owned();
    let name = ["A", "X-Key", "k k", "new.key"][dice.roll(4)].to_owned();
    let field = match dice.roll(4) {
        0 => FieldPath::Field(dice.pick(&["name", "method", "prokey_filter", "payload_url"]).to_owned()),
        1 => FieldPath::Header(name),
        2 => FieldPath::Body(name),
        _ if dice.roll(2) == 0 => FieldPath::Id(name),
        _ => FieldPath::Field("id".to_owned()),
    };
    let value = match dice.roll(15) {
        13 => Scalar::from(false),
        14 => Scalar::from(67),
        6 if field == FieldPath::Field("id".to_owned()) => {
            Scalar::Ids(vec![("default".to_owned(), 67), ("k k".to_owned(), u64::from(u32::MAX))])
        }
        n if n > 6 => Scalar::Json(JSON[n - 7].to_owned()),
        n => Scalar::from(VALUES[n]),
    };
    match dice.roll(7) {
        0 | 1 => Change::Set { handle, field, value },
        2 | 3 => Change::Clear { handle, field },
        4 => Change::Rename { from: handle, to: dice.pick(&["z", "z z", "0"]).to_owned() },
        5 => Change::Remove { handle },
        // The numbers of a new webhook are one field.
        _ if matches!(field, FieldPath::Id(_)) => Change::Remove { handle },
        _ => Change::Add { handle: "new".to_owned(), fields: vec![(field, value)] },
    }
}
