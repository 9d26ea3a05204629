// What a careful eye would find fault with, in words: text that leaves the window, lies over other text or is hard to
// tell from its ground, and controls without a name.
(() => {
  const found = [];
  const words = (node) => node.data.trim().replace(/\s+/g, " ").slice(0, 40);
  const is_seen = (of) => of.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const ancestors = function* (of) {
    for (let at = of; at; at = at.parentElement) yield at;
  };
  const once = (work) => {
    const known = new Map();
    return (of) => {
      if (!known.has(of)) known.set(of, work(of));
      return known.get(of);
    };
  };
  const style = once((of) => getComputedStyle(of));
  const numbers = (colour) => {
    const parts = colour.match(/-?[\d.]+(e-?\d+)?/g).map(Number);
    const channels = parts.slice(0, 3).map((part) => (colour.startsWith("color(") ? part * 255 : part));
    return [...channels, parts[3] ?? 1];
  };
  const over = (front, back) => front.slice(0, 3).map((part, at) => part * front[3] + back[at] * (1 - front[3]));
  const ground = once((of) => {
    const layers = [];
    for (const at of ancestors(of)) {
      const colour = numbers(style(at).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((back, front) => over(front, back), [255, 255, 255]);
  });
  const light = (colour) => {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (of) => {
    const back = ground(of);
    const [dark, bright] = [light(over(numbers(style(of).color), back)), light(back)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  /** The part of a box that its scrolling ancestors show. */
  const frames = once((of) => [...ancestors(of)].filter((at) => style(at).overflowX !== "visible")
    .filter((at) => at !== document.body && at !== document.documentElement).map((at) => at.getBoundingClientRect()));
  const shown = (box, of) => {
    let [left, right, top, bottom] = [box.left, box.right, box.top, box.bottom];
    for (const frame of frames(of)) {
      [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
      [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
    }
    return { left, right, top, bottom };
  };

  const layers = once((of) => [...ancestors(of)].find((at) => ["fixed", "sticky"].includes(style(at).position)));
  const lines = [];
  const pairs = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const of = node.parentElement;
    if (node.data.trim() === "" || of.closest("script, style, noscript, option, textarea") || !is_seen(of)) continue;
    if (of.getBoundingClientRect().width < 2) continue;
    const layer = layers(of);
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const part = shown(box, of);
      if (part.right - part.left < 1 || part.bottom - part.top < 4 || part.right < 0) continue;
      if (part.right > innerWidth + 1 || part.left < -1) found.push(`leaves the window: ${words(node)}`);
      // The box of a line is as tall as its font may be; letters fill the middle of it.
      const air = (box.bottom - box.top) / 4;
      lines.push({ ...part, top: part.top + air, bottom: part.bottom - air, node, layer });
    }
    const pair = `${style(of).color} on ${ground(of).map(Math.round)}`;
    if (!pairs.has(pair)) pairs.set(pair, [contrast(of), words(node)]);
  }
  for (const [pair, [ratio, text]] of pairs) {
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}, ${pair}: ${text}`);
  }
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((line, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < line.bottom; next++) {
      const other = lines[next];
      const apart = other.left >= line.right - 1 || other.right <= line.left + 1;
      if (!apart && other.layer === line.layer && other.node !== line.node) {
        found.push(`lie over each other: ${words(line.node)} | ${words(other.node)}`);
      }
    }
  });
  if (lines.length < 200) found.push(`only ${lines.length} lines of text`);
  if (document.scrollingElement.scrollWidth > innerWidth) {
    found.push(`is ${document.scrollingElement.scrollWidth} wide in a window of ${innerWidth}`);
  }
  for (const control of document.querySelectorAll("button, input, select, textarea, summary, a")) {
    const name = control.labels?.[0]?.innerText || control.getAttribute("aria-label") || control.textContent;
    if (is_seen(control) && !name?.trim()) found.push(`has no name: ${control.outerHTML.slice(0, 80)}`);
  }
  for (const button of document.querySelectorAll("button")) {
    if (is_seen(button) && button.scrollWidth > button.clientWidth + 1) found.push(`is cut: ${button.textContent}`);
  }
  const names = [...document.querySelectorAll("[id]")].map((of) => of.id);
  for (const name of names) if (names.indexOf(name) !== names.lastIndexOf(name)) found.push(`two of the id ${name}`);
  return found;
})()
