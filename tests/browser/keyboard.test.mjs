// One filing and one decision with the keyboard alone: no pointer is ever moved or pressed, and Tab alone leads from field
// to field in the order of the page.
import assert from 'node:assert/strict';

import { PATIENCE } from './browser.mjs';
import { PURCHASE, QINGSHAN, YANHU } from './filing.mjs';
import { founding, story } from './story.mjs';

founding();

/** Counts what a pointer does on every page of a person. */
async function withoutPointer(person) {
  await person.context.exposeFunction('pointerWasUsed', () => { person.pointers = (person.pointers ?? 0) + 1; });
  await person.context.addInitScript(() => {
    for (const kind of ['pointerdown', 'mousedown', 'mousemove', 'touchstart']) {
      window.addEventListener(kind, () => window.pointerWasUsed(), true);
    }
  });
  await person.page.reload();
}

/** Walks with Tab until what has the focus is the wanted place; it must be seen there. */
async function walksTo(person, selector) {
  const { page } = person;
  for (let steps = 0; steps < 400; steps += 1) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate((wanted) => {
      const one = document.activeElement;
      if (!one?.matches(wanted)) return null;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      return { ring: style.outlineStyle !== 'none' && style.outlineWidth !== '0px', width: box.width };
    }, selector);
    if (!found) continue;
    assert.ok(found.ring, `${selector} shows that it has the focus`);
    assert.ok(found.width > 0, `${selector} can be seen`);
    return;
  }
  assert.fail(`Tab does not lead to ${selector}`);
}

async function presses(person, selector, key = 'Enter') {
  await walksTo(person, selector);
  const loaded = person.page.waitForEvent('load', { timeout: PATIENCE });
  await person.page.keyboard.press(key);
  await loaded;
}

/** In the inbox r and a tick and choose, nothing is sent by them, and in a field they are letters. */
async function choosesByKeys(person) {
  const { page } = person;
  const chosen = () => page.inputValue('#action');
  const isTicked = () => page.isChecked('[name=pick]');
  await page.keyboard.press('j');
  assert.equal(await isTicked(), false);
  await page.keyboard.press('r');
  assert.deepEqual([await isTicked(), await chosen()], [true, 'return']);
  assert.ok(await page.evaluate(() => document.activeElement.id === 'reason'), 'the reason is asked for');
  await page.keyboard.type('jarx');
  assert.equal(await page.inputValue('#reason'), 'jarx');
  assert.deepEqual([await isTicked(), await chosen()], [true, 'return']);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('x');
  assert.equal(await isTicked(), false, 'the row has the focus again');
  await page.keyboard.press('a');
  assert.deepEqual([await isTicked(), await chosen()], [true, 'accept_filing']);
  assert.equal(new URL(page.url()).pathname, '/inbox', 'nothing is sent');
}

async function types(person, selector, text) {
  await walksTo(person, selector);
  await person.page.keyboard.type(text);
}

/** Signs in by typing. */
async function signsIn(person, email, password) {
  await person.goes('/sign-in');
  await person.page.keyboard.type(email);
  await types(person, '#password', password);
  await person.page.keyboard.press('Enter');
  await person.page.waitForURL((url) => url.pathname === '/');
}

const field = (name) => `#filing [name="${name}"]`;

/** A date as the browser's own field takes it: month, day, year, since the browser itself speaks English. */
async function dates(person, name, day) {
  const [year, month, date] = day.split('-');
  await walksTo(person, field(name));
  await person.page.keyboard.type(`${month}${date}${year}`);
  assert.equal(await person.page.inputValue(field(name)), day);
}

async function filesByKeys(person) {
  const { page } = person;
  await presses(person, 'a[href="/requests/new"]');
  for (const name of ['title', 'description']) await types(person, field(name), PURCHASE[name]);
  await types(person, '#item-search', PURCHASE.item);
  assert.equal(await page.inputValue('#item'), PURCHASE.item, 'the search has chosen the item');
  await dates(person, 'starts_on', PURCHASE.starts_on);
  await dates(person, 'ends_on', PURCHASE.ends_on);
  for (const name of ['work.0.what', 'work.0.amount']) await types(person, field(name), PURCHASE[name]);
  await walksTo(person, field('work.0.times'));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('1');
  for (const name of ['work.0.minutes_per_unit', 'direct_costs.0.what', 'direct_costs.0.amount',
    'governing_document.title', 'governing_document.number', 'declarations.department',
    'declarations.community', 'declarations.support']) {
    await types(person, field(name), PURCHASE[name]);
  }
  for (const code of [YANHU, QINGSHAN]) {
    await walksTo(person, `[name=community][value="${code}"]`);
    await page.keyboard.press('Space');
  }
  await presses(person, 'button[value=submit]');
}

story('a department files and an office decides with the keyboard alone', async ({ site, comes }) => {
  const health = await comes('health');
  await withoutPointer(health);
  await filesByKeys(health);
  await health.sees('待受理', PURCHASE.title);
  assert.equal(health.pointers ?? 0, 0);
  const path = new URL(health.page.url()).pathname;

  const review = await comes('review');
  await withoutPointer(review);
  await presses(review, 'nav a[href="/inbox"]');
  await choosesByKeys(review);
  await review.page.keyboard.press('o');
  await review.page.waitForURL((url) => url.pathname.startsWith(path));
  await presses(review, `form[action$="/accept_filing"] button`);
  await presses(review, `a[href="${path}/decide"]`);
  await walksTo(review, '[name=verdict]');
  for (let turn = 0; turn < 4; turn += 1) {
    if (await review.page.isChecked('[name=verdict][value=reject]')) break;
    // Space takes the one that has the focus, an arrow goes on to the next that is open.
    await review.page.keyboard.press(turn === 0 ? 'Space' : 'ArrowDown');
  }
  assert.ok(await review.page.isChecked('[name=verdict][value=reject]'), 'the keys choose');
  await types(review, '#reason', '与上月的核查重复');
  await presses(review, '#propose button.main');
  await review.sees('待审批', '与上月的核查重复');
  assert.equal(review.pointers ?? 0, 0, 'no pointer was used');
});
