// Runs in the page: what can be seen to be wrong with it. No reference to
// anything outside of the function.
export function inPage({ isPage }) {
  const problems = [];
  const visible = box => box.width > 1 && box.height > 1;
  const short = text => text.trim().replace(/\s+/g, ' ').slice(0, 60);

  // Every plot has marks.
  const plots = [...document.querySelectorAll('figure > svg')];
  for (const plot of plots) {
    const label = plot.getAttribute('aria-label') ?? 'a plot without a name';
    const marks = plot.querySelectorAll('circle.hit');
    if (marks.length === 0) problems.push(`no marks in ${label}`);
    if ([...marks].some(mark => !mark.querySelector('title')?.textContent)) {
      problems.push(`a mark without words in ${label}`);
    }
    const table = plot.closest('figure').querySelector('details table tbody tr');
    if (!table) problems.push(`no data under ${label}`);
  }

  // Text that is seen: of pictures by element, of pages by line.
  const boxes = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest('style, script, title, head, .aside')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (visible(box)) boxes.push({ box, parent, text: short(node.data) });
    }
  }
  // What scrolls sideways by itself shows a part; only that can be overlapped.
  for (const one of boxes) {
    const scroll = one.parent.closest('.scroll');
    if (!scroll) continue;
    const window = scroll.getBoundingClientRect();
    const left = Math.max(one.box.left, window.left);
    const right = Math.min(one.box.right, window.right);
    one.box = { left, right, top: one.box.top, bottom: one.box.bottom };
  }
  const shown = boxes.filter(one => one.box.right - one.box.left > 1);
  shown.sort((one, other) => one.box.top - other.box.top);
  let overlaps = 0;
  for (let i = 0; i < shown.length; i += 1) {
    const a = shown[i].box;
    for (let j = i + 1; j < shown.length && shown[j].box.top < a.bottom - 1; j += 1) {
      const b = shown[j].box;
      // Boxes of lines reach beyond their letters.
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const least = Math.min(a.bottom - a.top, b.bottom - b.top);
      if (across > 1 && down > 0.3 * least) {
        overlaps += 1;
        if (overlaps <= 5) problems.push(`texts overlap: "${shown[i].text}" and "${shown[j].text}"`);
      }
    }
  }
  if (overlaps > 5) problems.push(`${overlaps} overlaps in all`);

  // Text reaches 4.5 : 1 against what is behind it (WCAG 2.2, 1.4.3).
  const parse = colour => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const paper = one.ownerSVGElement === null && one.querySelector?.(':scope > rect.paper');
      const colour = paper ? getComputedStyle(paper).fill : getComputedStyle(one).backgroundColor;
      const [r, g, b, alpha = 1] = parse(colour);
      if (alpha > 0.99 && r !== undefined) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const told = new Set();
  for (const { parent, text } of shown) {
    const style = getComputedStyle(parent);
    const colour = parse(parent.ownerSVGElement ? style.fill : style.color);
    const [light, dark] = [luminance(colour), luminance(behind(parent))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const what = `${style.fill}${style.color}${parent.tagName}`;
    if (ratio < 4.5 && !told.has(what)) {
      told.add(what);
      problems.push(`contrast of "${text}" is ${ratio.toFixed(2)}`);
    }
  }

  // Text can be read: on a phone a picture shrinks.
  for (const { parent, text } of shown.filter(one => one.parent.ownerSVGElement)) {
    const svg = parent.ownerSVGElement;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (isPage && size < 10) {
      problems.push(`"${text}" is ${size.toFixed(1)} pixels high`);
      break;
    }
  }
  if (isPage && document.documentElement.scrollWidth > window.innerWidth + 1) {
    problems.push(`wider than the window: ${document.documentElement.scrollWidth}`);
  }
  return { problems, plots: plots.length, texts: shown.length };
}
