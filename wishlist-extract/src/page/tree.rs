//! The page as a flat tree: elements and texts in page order, each knowing its parent and where its subtree ends.

use super::attributes::Attributes;
use super::nesting::nest;
use super::tag::Tag;
use super::text::unescape;
use super::tokens::flags;

/// Bytes of a page for each node it may have: real pages have 30 to 60, and a node takes 20, so a tree stays under one and
/// a half times its page.
const BYTES_A_NODE: usize = 16;

/// Nodes that any page may have, however short.
const FREE_NODES: usize = 4096;

/// The index of a node in its document.
pub(crate) type NodeId = u32;

/// One element, text or raw text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) parent: NodeId,
    pub(super) next: NodeId,
    pub(crate) tag: Tag,
    pub(super) flags: u8,
}

impl Node {
    /// Whether it has all of these attributes.
    pub(crate) fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }
}

/// A page as nodes in page order.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

impl<'a> Document<'a> {
    /// Reads a page of which `size` bytes were received, into as many nodes as `text` leaves room for if it is a copy.
    pub(crate) fn parse(text: &'a str, size: usize) -> Self {
        let copied = if text.len() > size { text.len() } else { 0 };
        let room = (3 * size).saturating_sub(copied) / size_of::<Node>();
        let limit = (size / BYTES_A_NODE).min(room) + FREE_NODES;
        let nodes = nest(text, limit);
        Self { text, nodes }
    }

    /// The whole page as it is written.
    pub(crate) fn page(&self) -> &'a str {
        self.text
    }

    /// All nodes in page order.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).zip(&self.nodes)
    }

    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// The nodes within `id`, in page order.
    pub(crate) fn within(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        let end = self.node(id).map_or(0, |node| node.next);
        let nodes = self.nodes.get(id as usize + 1..end as usize).unwrap_or_default();
        (id + 1..).zip(nodes)
    }

    /// The first node after the subtree of `id`.
    pub(crate) fn after(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(NodeId::MAX, |node| node.next)
    }

    /// The elements around `id`, innermost first.
    pub(crate) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = (NodeId, &Node)> {
        let parent = |id: NodeId| {
            let parent = self.node(id)?.parent;
            self.node(parent).filter(|_| parent < id).map(|node| (parent, node))
        };
        std::iter::successors(parent(id), move |(id, _)| parent(*id))
    }

    /// The nodes that people see, in page order.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (NodeId, Tag)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let (id, node) = (at, self.node(at)?);
                let unseen = node.tag.is_unseen() || node.has(flags::HIDDEN);
                at = if unseen { node.next } else { at + 1 };
                if !unseen {
                    return Some((id, node.tag));
                }
            }
        })
    }

    /// The attributes of an element.
    pub(crate) fn attributes(&self, id: NodeId) -> Attributes<'a> {
        let tag = self.source(id).trim_start_matches('<');
        let name = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        Attributes::new(tag.get(name..).unwrap_or_default())
    }

    /// The node as it is written: a tag from its `<` to before its `>`, or a text.
    pub(crate) fn source(&self, id: NodeId) -> &'a str {
        let range = self.node(id).map_or(0..0, |node| node.start as usize..node.end as usize);
        self.text.get(range).unwrap_or_default()
    }

    /// The content of a script, style or title as it is written.
    pub(crate) fn raw(&self, id: NodeId) -> &'a str {
        self.within(id).next().map_or("", |(child, _)| self.source(child))
    }

    /// The text that people see within `id` (or of it, if it is a text), read until `limit` bytes.
    pub(crate) fn text(&self, id: NodeId, limit: usize) -> String {
        let mut text = String::new();
        if self.node(id).is_some_and(|node| node.tag == Tag::Text) {
            text.push_str(&unescape(self.source(id)));
        }
        let (mut at, end) = (id + 1, self.after(id));
        while let Some(node) = self.node(at).filter(|_| at < end && text.len() < limit) {
            if node.has(flags::SPACE) {
                text.push(' ');
            }
            if node.tag == Tag::Text {
                text.push_str(&unescape(self.source(at)));
            }
            at = if node.tag.is_unseen() || node.has(flags::HIDDEN) { node.next } else { at + 1 };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::nesting::MAX_DEPTH;
    use super::*;

    /// The tree as nested words: `p(b("x"))`.
    fn shape(html: &str) -> String {
        fn write(document: &Document, from: NodeId, end: NodeId, out: &mut Vec<String>) {
            let mut at = from;
            while let Some(node) = document.node(at).filter(|_| at < end) {
                let mut inner = Vec::new();
                write(document, at + 1, node.next, &mut inner);
                out.push(match node.tag {
                    Tag::Text => format!("{:?}", document.source(at).trim()),
                    tag if inner.is_empty() => format!("{tag:?}"),
                    tag => format!("{tag:?}({})", inner.join(" ")),
                });
                at = node.next;
            }
        }
        let document = Document::parse(html, html.len());
        let mut out = Vec::new();
        write(&document, 0, NodeId::MAX, &mut out);
        out.join(" ")
    }

    #[test]
    fn elements_nest_as_they_are_seen() {
        let rows = [
            ("<p>a<b>c</b>d</p>e", r#"P("a" B("c") "d") "e""#),
            ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", r#"Ul(Li("a") Li("b" Ul(Li("c"))) Li("d"))"#),
            ("<p>a<div>b</div>", r#"P("a") Div("b")"#),
            ("<b><div>a</b>c</div>d", r#"B(Div("a" "c") "d")"#),
            ("<table><tr><td>a</div><td>b<tr><td>c</table>d", r#"Table(Tr(Td("a") Td("b")) Tr(Td("c"))) "d""#),
            ("<my-a><my-b>x</my-a>y", r#"Other(Other("x")) "y""#),
            ("<div>a<br>b<img src=x>c</div>", r#"Div("a" Br "b" Img "c")"#),
            ("<svg><path/><path/></svg>x", r#"Svg(Other Other) "x""#),
            ("</p></div>x", r#""x""#),
            ("<head><meta><body><p>x", r#"Head(Meta) Body(P("x"))"#),
        ];
        for (html, expected) in rows {
            assert_eq!(shape(html), expected, "{html:?}");
        }
    }

    #[test]
    fn text_is_joined_as_it_is_seen() {
        let rows = [
            ("<div>12<sup>99</sup><span>&euro;</span></div>", "1299€"),
            ("<div><span>a</span> <span>b</span></div>", "a b"),
            ("<div>a<div>b</div>c<br>d</div>", "a b c d"),
            ("<div>a<script>x</script><i style='display:none'>y</i><template>z</template></div>", "a"),
        ];
        for (html, expected) in rows {
            let document = Document::parse(html, html.len());
            assert_eq!(super::super::clean(&document.text(0, 1000), 1000), expected, "{html:?}");
        }
    }

    #[test]
    fn depth_and_number_of_nodes_are_bounded() {
        let html = "<div>".repeat(100_000);
        let document = Document::parse(&html, html.len());
        assert_eq!(document.nodes.len(), html.len() / BYTES_A_NODE + FREE_NODES);
        let last = NodeId::try_from(document.nodes.len() - 1).unwrap();
        assert_eq!(document.ancestors(last).count(), MAX_DEPTH);
    }
}
