// Every page that somebody can open, as the program's own access table lists them: no error on the console, nothing asked of
// another host, nothing wider than a phone, and nothing serious that axe finds, in both languages, light and dark.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ANSWERED, codeOf } from './answers.mjs';
import { launch, PASSWORD, Person } from './browser.mjs';
import {
  addsWhatIsMissing, arrives, beginsAnErrand, CAREFUL, demo, patterns, players, reached, speaks,
} from './demo.mjs';
import { see } from './see.mjs';

const PATIENCE = 600_000;
/** Pages of patterns that several roles open are looked at by so many of them. */
const ROLES_EACH = 2;
/** What no link of a person who is wholly signed in leads to. */
const ELSEWHERE = {
  '/sign-in/password': 'has a test of its own',
  '/sign-in/code': 'has a test of its own',
  '/sign-in/provider': 'is there with a provider of identities only; its story looks at it',
  '/sign-in/provider/back': 'is there with a provider of identities only; its story looks at it',
  '/audit/export': 'is a file',
  '/budget/export': 'is a file',
  '/dashboard/export': 'is a file',
  '/ledger/{code}/export': 'is a file',
  '/ledger/{code}/statement/export': 'is a file',
};

let browser;
let site;
let known;
const opened = new Map();

before(async () => {
  browser = await launch();
  site = await demo([], '2026-09-04 10:00');
  await addsWhatIsMissing(site);
  known = await patterns(site);
}, { timeout: PATIENCE });

after(async () => {
  await browser?.close();
  await site?.closes();
});

/** Looks at one page; gives back what is wrong with it. */
async function look(person, address) {
  await person.page.emulateMedia({ colorScheme: 'light' });
  await person.page.setViewportSize({ width: 1440, height: 900 });
  await person.goes(address);
  return see(person);
}

async function looksAtAll(person, role) {
  const wrong = {};
  for (const [pattern, address] of await reached(person, known)) {
    const by = opened.get(pattern) ?? new Set();
    opened.set(pattern, by.add(role));
    if (by.size > ROLES_EACH) continue;
    for (const language of ['zh', 'en']) {
      await speaks(person, language);
      const faults = await look(person, address);
      if (faults.length) wrong[`${role} ${language} ${address}`] = faults;
    }
  }
  return wrong;
}

/** Looks at what somebody gets as an answer; gives back what is wrong with it. */
async function lookAfter(person, does) {
  await person.page.emulateMedia({ colorScheme: 'light' });
  await person.page.setViewportSize({ width: 1440, height: 900 });
  await does(person);
  await person.page.waitForLoadState();
  return see(person);
}

test('what is looked for is found where it is', { timeout: PATIENCE }, async () => {
  const visitor = await Person.at(browser, site);
  await visitor.goes('/disclosure');
  await visitor.page.evaluate(() => {
    const main = document.querySelector('main');
    main.insertAdjacentHTML('beforeend', '<p id="pale">看不清</p><input id="nameless"><div id="broad">宽</div>');
    main.insertAdjacentHTML('beforeend', '<details><summary>展开</summary><input id="folded"></details>');
    document.querySelector('#pale').style.color = '#ddd';
    document.querySelector('#broad').style.width = '3000px';
    fetch('http://127.0.0.2:1/elsewhere').catch(() => {});
    console.error('a fault');
  });
  const faults = await see(visitor);
  for (const wanted of ['color-contrast: #pale', 'label: #nameless', '#folded', 'wider than a phone', 'Content Security Policy', 'a fault']) {
    assert.ok(faults.some((fault) => fault.includes(wanted)), `${wanted} is in ${faults.join('\n')}`);
  }
  // The page's own policy lets nothing out, so it is the person who goes elsewhere.
  await visitor.page.goto('http://127.0.0.2:1/elsewhere').catch(() => {});
  assert.ok(visitor.faults.splice(0).some((fault) => fault.includes('asks 127.0.0.2')), 'another host is noticed');
  await visitor.leaves();
});

test('pages that everybody may open', { timeout: PATIENCE }, async () => {
  const visitor = await Person.at(browser, site);
  assert.deepEqual(await looksAtAll(visitor, 'nobody'), {});
  for (const address of ['/no-such-page', '/requests']) {
    const faults = await look(visitor, address);
    assert.deepEqual(faults, [], address);
  }
  await visitor.leaves();
});

test('the page on which a first password is chosen', { timeout: PATIENCE }, async () => {
  const [{ email }] = await players(site);
  await site.givesPassword(email);
  const person = await Person.at(browser, site);
  await person.enters(email, site.oneTime[email]);
  for (const language of ['zh', 'en']) {
    await speaks(person, language);
    assert.deepEqual(await look(person, '/sign-in/password'), []);
  }
  await person.leaves();
});

test('pages of each role', { timeout: PATIENCE }, async (each) => {
  for (const { role, email } of await players(site)) {
    await each.test(role, { timeout: PATIENCE }, async () => {
      const person = await arrives(browser, site, email);
      if (role === 'admin') await beginsAnErrand(person);
      assert.deepEqual(await looksAtAll(person, role), {});
      await person.leaves();
    });
  }
});

test('what a form is answered with', { timeout: PATIENCE }, async (each) => {
  for (const [name, { by, does }] of Object.entries(ANSWERED)) {
    await each.test(name, { timeout: PATIENCE }, async () => {
      const person = await arrives(browser, site, by);
      for (const language of ['zh', 'en']) {
        await speaks(person, language);
        assert.deepEqual(await lookAfter(person, does), [], language);
      }
      await person.leaves();
    });
  }
});

test('a second factor is turned on, its recovery codes are shown once, and its code is awaited', { timeout: PATIENCE }, async () => {
  const person = await arrives(browser, site, CAREFUL);
  let secret;
  assert.deepEqual(await lookAfter(person, async ({ page }) => {
    await page.goto('/account/factor');
    secret = await page.inputValue('[name=secret]');
    await page.fill('#code', await codeOf(person, secret));
    await page.fill('#password', PASSWORD);
    await page.click('main button.main');
    await page.locator('.codes li').first().waitFor();
  }), []);
  await person.leaves();
  const again = await Person.at(browser, site);
  await again.enters(CAREFUL, PASSWORD);
  for (const language of ['zh', 'en']) {
    await speaks(again, language);
    assert.deepEqual(await look(again, '/sign-in/code'), []);
  }
  await again.leaves();
});

test('no page of the access table was left out', () => {
  const missed = known.filter((pattern) => !opened.has(pattern) && !(pattern in ELSEWHERE));
  assert.deepEqual(missed, [], 'no link leads there in the demonstration');
});
