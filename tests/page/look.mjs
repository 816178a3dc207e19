// Looks at each page of a folder in a real browser: by day and in the dark, on
// a phone, a tablet and a desk, everything folded open.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { inPage } from './in-page.mjs';

const [pages, screenshots, ...only] = process.argv.slice(2);
const WIDTHS = [360, 768, 1440];
const problems = [];

function wanted(name) {
  return /\.(html|svg)$/.test(name) && (only.length === 0 || only.some(part => name.includes(part)));
}

async function look(browser, name, width, colorScheme) {
  const where = `${name} at ${width}, ${colorScheme}`;
  const problem = text => problems.push(`${where}: ${text}`);
  const address = pathToFileURL(join(pages, name)).href;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  // A machine that does something else besides is slow.
  page.setDefaultTimeout(0);
  page.on('console', message => problem(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', error => problem(`error: ${error.message}`));
  page.on('dialog', dialog => { problem(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => {
    const url = request.url();
    if (url !== address && !url.startsWith('data:')) problem(`a request leaves the page: ${url}`);
  });
  await page.goto(address);
  const folded = join(screenshots, `${name.replace(/\.\w+$/, '')}-${width}-${colorScheme}.png`);
  // Taller than this, Chromium draws nothing.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(height, 16000) };
  await page.screenshot({ path: folded, fullPage: true, clip, timeout: 0 });
  if (name.endsWith('.html')) {
    await page.evaluate(() => document.querySelectorAll('details').forEach(one => { one.open = true; }));
  }
  const found = await page.evaluate(inPage, { isPage: name.endsWith('.html') });
  found.problems.forEach(problem);
  await page.close();
  return found;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const names = readdirSync(pages).filter(wanted).sort();
if (names.length === 0) problems.push(`no page in ${pages}`);
let plots = 0;
let texts = 0;
for (const name of names) {
  for (const width of WIDTHS) {
    for (const colorScheme of width === 768 ? ['light'] : ['light', 'dark']) {
      const found = await look(browser, name, width, colorScheme);
      plots += found.plots;
      texts += found.texts;
    }
  }
}
// That what finds overlaps and pale text can find them.
const bad = await browser.newPage({ viewport: { width: 360, height: 900 } });
await bad.setContent(`<body style="background:#fff"><figure><svg viewBox="0 0 100 40">
  <text x="0" y="20" fill="#000">one text</text><text x="10" y="24" fill="#000">upon another</text></svg></figure>
  <p style="color:#bbb">pale</p><div style="width:900px">wide</div></body>`);
const seeded = (await bad.evaluate(inPage, { isPage: true })).problems.join('\n');
for (const word of ['overlap', 'contrast', 'no marks', 'wider than the window']) {
  if (!seeded.includes(word)) problems.push(`a bad page is not found bad: ${word}`);
}
await browser.close();

if (problems.length > 0) {
  console.error(problems.slice(0, 60).join('\n'));
  console.error(`${problems.length} problems on ${names.length} pages`);
  process.exit(1);
}
console.log(`${names.length} pages, ${plots} plots and ${texts} texts looked at: no problem`);
