// The pictures of the README, taken from the demonstration as it is now, into crates/web/pictures.
import { join } from 'node:path';

import { launch } from './browser.mjs';
import { addsWhatIsMissing, arrives, demo, players, speaks } from './demo.mjs';
import { fillsIn, PURCHASE } from './filing.mjs';
import { HERE } from './site.mjs';

const INTO = join(HERE, '../../crates/web/pictures');
// A wide page, taken smaller than it is.
const WIDE = { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 0.86 };
const DARK = { ...WIDE, colorScheme: 'dark' };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true };

const site = await demo([], '2026-09-04 10:00');
const browser = await launch();
const emails = {};

async function opens(role, address, language, options = WIDE) {
  const person = await arrives(browser, site, emails[role], options);
  await speaks(person, language);
  await person.goes(address);
  return person;
}

async function takes(person, name) {
  await person.page.screenshot({ path: join(INTO, `${name}.png`), animations: 'disabled' });
  if (person.faults.length) throw new Error(`${name}: ${person.faults.join('; ')}`);
}

try {
  await addsWhatIsMissing(site);
  for (const { role, email } of await players(site)) emails[role] = email;
  const reviewer = await opens('reviewer', '/inbox', 'zh');
  await takes(reviewer, 'inbox');
  await speaks(reviewer, 'en');
  await reviewer.goes('/dashboard');
  await takes(reviewer, 'figures');
  const matters = await reviewer.page.request.get('/inbox');
  const number = /href="(\/requests\/[^"]+\/decide)"/.exec(await matters.text());
  await reviewer.goes(number ? number[1] : '/inbox');
  await takes(reviewer, 'decide');
  await takes(await opens('reviewer', '/limits', 'en', DARK), 'limits-dark');
  const filer = await opens('submitter', '/requests/new', 'zh');
  const dates = { starts_on: '2026-11-02', ends_on: '2026-12-31' };
  await fillsIn(filer, { ...PURCHASE, ...dates }, ['420202001001', '420202001002']);
  await filer.page.click('.sends button[value=assess]');
  await filer.page.waitForLoadState();
  await takes(filer, 'filing');
  await takes(await opens('committee', '/', 'zh', PHONE), 'community');
} finally {
  await browser.close();
  await site.closes();
}
