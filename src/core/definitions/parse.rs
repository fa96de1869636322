//! Parses a file: a large one in chunks, since the parser needs 17 times the size of its text.

use std::collections::HashSet;
use std::sync::Arc;

use memchr::memmem;
use toml::de::DeTable;

use crate::core::text::{Source, Span};

use super::blocks::{Tables, read_tables};
use super::problems::Problems;

/// The approximate size of a chunk; small files are read as a whole.
const CHUNK: usize = 512 * 1024;

/// Whole lines of a file.
struct Chunk {
    lines: Span,
    /// Whether it begins with a header `[webhooks.HANDLE]`; else it is the beginning of the file and defines no webhook.
    has_webhooks: bool,
}

pub(super) fn parse(source: &Arc<Source>) -> (Tables, Problems<'_>) {
    parse_in_chunks(source).unwrap_or_else(|| parse_whole(source))
}

fn parse_whole(source: &Arc<Source>) -> (Tables, Problems<'_>) {
    let (mut tables, mut problems) = (Tables::default(), Problems::new(source));
    let (table, errors) = DeTable::parse_recoverable(source.text());
    problems.syntax_errors(&errors);
    problems.report_invalid(table.get_ref());
    read_tables(&mut problems, table.get_ref(), &mut tables);
    (tables, problems)
}

/// Parses a file chunk by chunk. None if it is small, its chunks are not independent, or one of them is not valid TOML.
fn parse_in_chunks(source: &Arc<Source>) -> Option<(Tables, Problems<'_>)> {
    let (mut tables, mut problems) = (Tables::default(), Problems::new(source));
    let (mut names, mut handles) = (HashSet::new(), HashSet::new());
    for chunk in chunks(source.text())? {
        let (table, errors) = DeTable::parse_recoverable(&source.text()[chunk.lines.clone()]);
        if !errors.is_empty() {
            return None;
        }
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            let blocks = (name == "webhooks" && chunk.has_webhooks).then(|| value.get_ref().as_table());
            let is_new = match blocks {
                Some(blocks) => {
                    blocks?.keys().all(|handle| handles.insert(handle.get_ref().as_ref().to_owned()))
                }
                None => name != "webhooks" && names.insert(name.to_owned()),
            };
            if !is_new {
                return None;
            }
        }
        problems.base = chunk.lines.start;
        problems.report_invalid(table.get_ref());
        read_tables(&mut problems, table.get_ref(), &mut tables);
    }
    Some((tables, problems))
}

/// The chunks of a text; none if it is small, or if tables in different chunks may belong together. A cut within a string
/// or an array makes the chunk before it invalid TOML.
fn chunks(text: &str) -> Option<Vec<Chunk>> {
    if text.len() <= 2 * CHUNK || text.lines().any(may_define_all_webhooks) {
        return None;
    }
    let first = if is_block_header(text) { 0 } else { next_block(text, 0)? };
    let mut chunks = vec![Chunk { lines: 0..first, has_webhooks: false }];
    let mut start = first;
    while start < text.len() {
        let end = next_block(text, start + CHUNK).unwrap_or(text.len());
        chunks.push(Chunk { lines: start..end, has_webhooks: true });
        start = end;
    }
    Some(chunks)
}

/// Whether a line may be the header `[webhooks]`, which a file may have once: with or without quotes,
/// or as `[[webhooks]]`.
fn may_define_all_webhooks(line: &str) -> bool {
    let Some(header) = line.trim_start().strip_prefix('[') else { return false };
    let name = header.split(']').next().unwrap_or_default().trim();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    name == "webhooks" || (!name.contains('.') && !name.bytes().all(is_plain))
}

/// The offset of the next header `[webhooks.HANDLE]` at the start of a line.
fn next_block(text: &str, from: usize) -> Option<usize> {
    let rest = text.as_bytes().get(from..)?;
    let starts = memmem::find_iter(rest, "\n[webhooks.").map(|newline| from + newline + 1);
    starts.into_iter().find(|start| is_block_header(&text[*start..]))
}

/// Whether a text begins with `[webhooks.HANDLE]`, without quotes.
fn is_block_header(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("[webhooks.") else { return false };
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = rest.bytes().take_while(is_plain).count();
    length > 0 && rest[length..].starts_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[webhooks.a]\ntrigger = \"create\"\ntrigger_element = \"event\"\npayload_url = \"https://example.com\"\n";

    /// Three megabytes, with one wrong field in each webhook.
    fn large(extra: impl Fn(usize) -> String) -> Arc<Source> {
        let block = |n: usize| {
            let note = format!("note = \"{}\"\n", "x".repeat(2_000));
            format!(
                "{}active = 1\n[webhooks.w{n}.body]\n{note}{}",
                GOOD.replace(".a]", &format!(".w{n}]")),
                extra(n)
            )
        };
        let text: String = (0..1_500).map(block).collect();
        Arc::new(Source::new("webhooks.toml", format!("# Large\n[check]\nplain-http = \"off\"\n{text}")))
    }

    #[test]
    fn parsing_a_large_file_in_chunks_gives_the_same_result() {
        let source = large(|n| if n % 7 == 0 { format!("[tool-{n}]\nx = 1\n") } else { String::new() });
        let (chunks, chunk_problems) = parse_in_chunks(&source).expect("its chunks are independent");
        let (whole, whole_problems) = parse_whole(&source);
        assert_eq!(chunks.webhooks.len(), 1_500);
        assert_eq!(format!("{:?}", chunks.webhooks), format!("{:?}", whole.webhooks));
        assert_eq!(format!("{:?}", chunks.check), format!("{:?}", whole.check));
        assert_eq!(chunk_problems.diagnostics.len(), 1_500);
        assert_eq!(chunk_problems.diagnostics, whole_problems.diagnostics);
    }

    #[test]
    fn a_large_file_with_dependent_chunks_is_parsed_as_a_whole() {
        let at = |place: usize, text: &'static str| {
            move |n: usize| if n == place { text.to_owned() } else { String::new() }
        };
        let twice = |text: &'static str| {
            move |n: usize| if n == 100 || n == 1_400 { text.to_owned() } else { String::new() }
        };
        for source in [
            large(at(1_400, "[webhooks.w3.header]\nX = \"1\"\n")),
            large(at(1_400, "[webhooks.\"w3\"]\nname = \"again\"\n")),
            large(twice("[webhooks]\n")),
            large(twice("[ 'webhooks' ]\n")),
            large(twice("[tool.x]\ny = 1\n")),
            large(at(700, "odd = \"\"\"\n[webhooks.z]\n")),
            large(at(700, "odd = \n")),
        ] {
            assert!(parse_in_chunks(&source).is_none());
        }
    }
}
