// What is wrong with the page that somebody has before them: what axe finds in the light and in the dark, what is wider than a
// phone, and what the browser has said about it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/** What axe finds, as one line for each place. */
async function faultsOf(page, rules) {
  await page.evaluate(AXE);
  const found = await page.evaluate((only) => {
    const options = only.length ? { runOnly: { type: 'rule', values: only } } : {};
    return window.axe.run(document, { resultTypes: ['violations'], ...options });
  }, rules);
  const grave = found.violations.filter((one) => GRAVE.includes(one.impact));
  const place = (one) => one.nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? ''}`);
  return grave.map((one) => `${one.impact} ${one.id}: ${place(one).join(' | ')}`);
}

/** Unfolds what is folded: most forms stand there, and axe passes over what is not shown. */
async function unfold(page) {
  await page.evaluate(() => {
    for (const folded of document.querySelectorAll('details')) folded.open = true;
  });
}

/** Looks at what is there, with all that is folded: light, dark, and as wide as a phone. */
export async function see(person) {
  const { page } = person;
  await unfold(page);
  const faults = await faultsOf(page, []);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await faultsOf(page, ['color-contrast', 'link-in-text-block']);
  faults.push(...dark.map((fault) => `dark: ${fault}`));
  await page.setViewportSize({ width: 390, height: 844 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wider > 0) faults.push(`${wider} pixels wider than a phone`);
  faults.push(...person.faults.splice(0));
  return faults;
}
