//! Which element is in which: tags in page order become nodes that know their parents.
//!
//! Well-formed markup nests as in a browser; of mis-nested markup only what is seen matters (no adoption agency, no foster
//! parenting).

use super::tag::Tag;
use super::tokens::{Token, Tokens, flags};
use super::tree::{Node, NodeId};

/// Elements deeper than this become siblings of it, as in Chromium (`kMaximumHTMLParserDOMTreeDepth`).
pub(super) const MAX_DEPTH: usize = 512;

/// The nodes of a text in page order, at most `limit`.
pub(super) fn nest(text: &str, limit: usize) -> Vec<Node> {
    let mut builder = Builder {
        text,
        nodes: Vec::with_capacity(limit),
        limit,
        open: Vec::new(),
        counts: [0; Tag::COUNT],
        space: false,
    };
    for token in Tokens::new(text) {
        if builder.nodes.len() >= limit {
            break;
        }
        builder.add(token);
    }
    builder.close(0);
    builder.nodes
}

/// Nodes in the making.
struct Builder<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    limit: usize,
    open: Vec<NodeId>,
    counts: [u16; Tag::COUNT],
    space: bool,
}

impl Builder<'_> {
    fn add(&mut self, token: Token) {
        match token {
            Token::Start { tag, start, end, flags } => self.start(tag, start, end, flags),
            Token::End { tag, name } => self.end(tag, name),
            Token::Text { start, end } => self.words(start, end),
            Token::Raw { start, end } => {
                let seen = matches!(self.top(), Tag::Title | Tag::Textarea);
                self.push(if seen { Tag::Text } else { Tag::Raw }, start, end, 0);
            }
        }
    }

    fn top(&self) -> Tag {
        self.tag(self.open.len().wrapping_sub(1))
    }

    fn tag(&self, depth: usize) -> Tag {
        let node = self.open.get(depth).and_then(|id| self.nodes.get(*id as usize));
        node.map_or(Tag::Html, |node| node.tag)
    }

    fn push(&mut self, tag: Tag, start: usize, end: usize, flags: u8) -> NodeId {
        // Offsets and counts fit: a page is cut long before 4 GiB.
        let position = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let id = position(self.nodes.len());
        let parent = self.open.last().copied().unwrap_or(NodeId::MAX);
        let space = if std::mem::take(&mut self.space) { flags::SPACE } else { 0 };
        if self.nodes.len() < self.limit {
            let (start, end) = (position(start), position(end));
            self.nodes.push(Node { start, end, parent, next: id + 1, tag, flags: flags | space });
        }
        id
    }

    fn start(&mut self, tag: Tag, start: usize, end: usize, flags: u8) {
        self.close_implied(tag);
        self.space |= !tag.is_inline();
        let id = self.push(tag, start, end, flags);
        let closed = end > start && self.text.as_bytes().get(end - 1) == Some(&b'/');
        // A foreign element (of SVG) may close itself; `<div/>` does not.
        if tag.is_void() || (closed && tag == Tag::Other) || self.open.len() >= MAX_DEPTH {
            return;
        }
        self.open.push(id);
        if let Some(count) = self.counts.get_mut(tag as usize) {
            *count += 1;
        }
    }

    /// White space alone is remembered, not kept.
    fn words(&mut self, start: usize, end: usize) {
        let bytes = self.text.as_bytes().get(start..end).unwrap_or_default();
        if bytes.trim_ascii().is_empty() {
            self.space = true;
        } else {
            self.push(Tag::Text, start, end, 0);
        }
    }

    /// An end tag closes the nearest element of its name, though not past one that holds more than it: what is
    /// mis-nested stays where it is seen.
    fn end(&mut self, tag: Tag, name: (usize, usize)) {
        self.space |= !tag.is_inline();
        if self.counts.get(tag as usize).is_none_or(|count| *count == 0) {
            return;
        }
        for depth in (0..self.open.len()).rev() {
            let open = self.tag(depth);
            if open == tag && (tag != Tag::Other || self.same_name(depth, name)) {
                return self.close(depth);
            }
            let cell = matches!(open, Tag::Td | Tag::Th | Tag::Table);
            let table =
                matches!(tag, Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Body | Tag::Html);
            if (tag.is_inline() && tag != Tag::Other && !open.is_inline()) || (cell && !table) {
                return;
            }
        }
    }

    fn same_name(&self, depth: usize, name: (usize, usize)) -> bool {
        let bytes = self.text.as_bytes();
        let node = self.open.get(depth).and_then(|id| self.nodes.get(*id as usize));
        let (Some(node), Some(name)) = (node, bytes.get(name.0..name.1)) else {
            return false;
        };
        let from = node.start as usize + 1;
        bytes.get(from..from + name.len()).is_some_and(|open| open.eq_ignore_ascii_case(name))
            && bytes.get(from + name.len()).is_some_and(|next| !next.is_ascii_alphanumeric() && *next != b'-')
    }

    /// What a start tag ends though nothing says so: list items, cells, options, paragraphs.
    fn close_implied(&mut self, tag: Tag) {
        let (ends, within): (&[Tag], &[Tag]) = match tag {
            Tag::Li => (&[Tag::Li], &[Tag::Ul, Tag::Ol]),
            Tag::Dt | Tag::Dd => (&[Tag::Dt, Tag::Dd], &[Tag::Dl]),
            Tag::Option => (&[Tag::Option], &[Tag::Select]),
            Tag::Td | Tag::Th => (&[Tag::Td, Tag::Th], &[Tag::Tr, Tag::Table]),
            Tag::Tr => (&[Tag::Tr], &[Tag::Table, Tag::Tbody, Tag::Thead, Tag::Tfoot]),
            Tag::Body => (&[Tag::Head], &[]),
            _ if tag.is_inline() || tag.is_void() || tag.is_raw() => return,
            _ => (&[Tag::P], &[]),
        };
        if ends.iter().all(|end| self.counts.get(*end as usize).is_none_or(|count| *count == 0)) {
            return;
        }
        for depth in (0..self.open.len()).rev() {
            let open = self.tag(depth);
            if ends.contains(&open) {
                return self.close(depth);
            }
            // A paragraph holds only text; blocks between hide it from what follows.
            let hidden = ends == [Tag::P] && !open.is_inline();
            if hidden || within.contains(&open) {
                return;
            }
        }
    }

    /// Closes all elements from `depth` on.
    fn close(&mut self, depth: usize) {
        let next = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        for id in self.open.drain(depth.min(self.open.len())..) {
            let Some(node) = self.nodes.get_mut(id as usize) else {
                continue;
            };
            node.next = next;
            if let Some(count) = self.counts.get_mut(node.tag as usize) {
                *count = count.saturating_sub(1);
            }
        }
    }
}
