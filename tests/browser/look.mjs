// Pictures of every page that somebody may open: wide and as a phone, in both languages, dark, and as printed.
//   tests/browser/look FOLDER [WORD …]      only pages whose name holds one of the words
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { launch, Person } from './browser.mjs';
import { addsWhatIsMissing, arrives, beginsAnErrand, demo, patterns, players, reached, speaks } from './demo.mjs';

const [folder, ...words] = process.argv.slice(2);
if (!folder) throw new Error('say into which folder');
mkdirSync(folder, { recursive: true });

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Name, size, language, scheme, medium. */
const KINDS = [
  ['wide-zh', WIDE, 'zh', 'light', 'screen'],
  ['wide-en', WIDE, 'en', 'light', 'screen'],
  ['phone-zh', PHONE, 'zh', 'light', 'screen'],
  ['phone-en', PHONE, 'en', 'light', 'screen'],
  ['dark', WIDE, 'zh', 'dark', 'screen'],
  ['print', { width: 794, height: 1123 }, 'zh', 'light', 'print'],
];

async function pictures(person, [pattern, address], role, turn) {
  const name = `${role}${pattern.replaceAll(/[{}*]/g, '').replaceAll('/', '-')}${turn || ''}`;
  if (words.length && !words.some((word) => name.includes(word))) return;
  for (const [kind, size, language, colorScheme, media] of KINDS) {
    await speaks(person, language);
    await person.page.emulateMedia({ colorScheme, media });
    await person.page.setViewportSize(size);
    await person.goes(address);
    const shot = await person.page.screenshot({ fullPage: true, animations: 'disabled' });
    writeFileSync(join(folder, `${name}.${kind}.png`), shot);
  }
}

async function all(person, role, known) {
  const counts = {};
  for (const page of await reached(person, known)) {
    const turn = counts[page[0]] ?? 0;
    counts[page[0]] = turn + 1;
    await pictures(person, page, role, turn);
  }
}

const site = await demo(process.env.ZHUNRU_YEAR ? ['--year', '--requests', process.env.ZHUNRU_YEAR] : [], '2026-09-04 10:00');
const browser = await launch();
try {
  await addsWhatIsMissing(site);
  const known = await patterns(site);
  await all(await Person.at(browser, site), 'nobody', known);
  for (const { role, email } of await players(site)) {
    const person = await arrives(browser, site, email);
    if (role === 'admin') await beginsAnErrand(person);
    await all(person, role, known);
  }
} finally {
  await browser.close();
  await site.closes();
}
