// Looks at each page of a folder in a real browser: by day and in the dark, on
// a phone, a tablet and a desk, folded and with everything open.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { inPage } from './in-page.mjs';

const [pages, screenshots, ...only] = process.argv.slice(2);
// The dark page differs in its colours alone, which are those of every width.
const LOOKS = [
  { width: 360, colorScheme: 'light' },
  { width: 768, colorScheme: 'light' },
  { width: 1440, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
];
// Taller than this, Chromium draws nothing.
const TALLEST = 16000;
const problems = [];

function wanted(name) {
  return /\.(html|svg)$/.test(name) && (only.length === 0 || only.some(part => name.includes(part)));
}

async function set(page, { width, colorScheme }) {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
}

// A page is opened once and then looked at in every way.
async function look(browser, name) {
  const isPage = name.endsWith('.html');
  const seen = { plots: 0, texts: 0 };
  const problem = text => problems.push(`${name}: ${text}`);
  const address = pathToFileURL(join(pages, name)).href;
  const context = await browser.newContext();
  const page = await context.newPage();
  // Long, for a machine that does something else besides is slow; not without end.
  page.setDefaultTimeout(120_000);
  page.on('console', message => problem(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', error => problem(`error: ${error.message}`));
  page.on('dialog', dialog => { problem(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => {
    const url = request.url();
    if (url !== address && !url.startsWith('data:')) problem(`a request leaves the page: ${url}`);
  });
  await page.goto(address);
  for (const one of LOOKS) {
    await set(page, one);
    const { width, colorScheme } = one;
    const [across, down] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth, scrollHeight];
    });
    if (isPage && across > width) problem(`folded at ${width}: wider than the window: ${across}`);
    const path = join(screenshots, `${name.replace(/\.\w+$/, '')}-${width}-${colorScheme}.png`);
    // All of a picture that is a document of its own is never seen: it would be waited for without end.
    const clip = { x: 0, y: 0, width, height: Math.min(down, TALLEST) };
    await page.screenshot(isPage ? { path, fullPage: true, clip } : { path });
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach(one => { one.open = true; }));
  for (const one of LOOKS) {
    await set(page, one);
    const found = await page.evaluate(inPage, { isPage });
    found.problems.forEach(text => problem(`at ${one.width}, ${one.colorScheme}: ${text}`));
    seen.plots += found.plots;
    seen.texts += found.texts;
  }
  await context.close();
  return seen;
}

// That what finds faults can find them.
async function lookAtABadPage(browser) {
  const page = await browser.newPage({ viewport: { width: 360, height: 900 } });
  await page.setContent(`<body style="background:#fff"><figure><svg viewBox="0 0 100 40">
    <text x="0" y="20" fill="#000">one text</text><text x="10" y="24" fill="#000">upon another</text></svg></figure>
    <p style="color:#bbb">pale</p><div style="width:900px">wide</div></body>`);
  const seeded = (await page.evaluate(inPage, { isPage: true })).problems.join('\n');
  for (const word of ['overlap', 'contrast', 'no marks', 'wider than the window']) {
    if (!seeded.includes(word)) problems.push(`a bad page is not found bad: ${word}`);
  }
  await page.close();
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const names = readdirSync(pages).filter(wanted).sort();
if (names.length === 0) problems.push(`no page in ${pages}`);
const total = { plots: 0, texts: 0 };
const left = [...names];
async function lookAtWhatIsLeft() {
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    try {
      const { plots, texts } = await look(browser, name);
      total.plots += plots;
      total.texts += texts;
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }
  }
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lookAtWhatIsLeft));
if (only.length === 0 && total.plots === 0) problems.push('no plot on any page');
await lookAtABadPage(browser);
await browser.close();

if (problems.length > 0) {
  console.error(problems.slice(0, 60).join('\n'));
  console.error(`${problems.length} problems on ${names.length} pages`);
  process.exit(1);
}
console.log(`${names.length} pages, ${total.plots} plots and ${total.texts} texts looked at: no problem`);
