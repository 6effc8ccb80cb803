// Forms whose answer is a page that no address leads to: what is shown once, what is done to many, and what is refused.
import { createHmac } from 'node:crypto';

import { SECURITY, SHOWN } from './demo.mjs';

/** Presses a button of a form that the browser does not look at first, and waits for the page that it is answered with. */
async function presses(page, button) {
  await button.evaluate((one) => { one.form.noValidate = true; });
  const answered = page.waitForEvent('load');
  await button.click();
  await answered;
}

async function sends(page, form) {
  await presses(page, page.locator(`${form} button.main`).last());
}

/** Who sends what, and how. */
export const ANSWERED = {
  'a token that is shown once': {
    by: SHOWN.submitter,
    async does({ page }) {
      await page.goto('/tokens');
      await page.fill('#name', '报表');
      await sends(page, 'form.make');
      await page.locator('.made .token').waitFor();
    },
  },
  'a token that is refused': {
    by: SHOWN.submitter,
    async does({ page }) {
      await page.goto('/tokens');
      await sends(page, 'form.make');
      await page.locator('.refusal').waitFor();
    },
  },
  'a secret of a web-hook that is shown once': {
    by: SHOWN.submitter,
    async does({ page }) {
      await page.goto('/webhooks');
      await page.fill('#name', '台账');
      await page.fill('#url', 'https://hooks.example.org/in');
      await sends(page, 'form.make');
      await page.locator('.made .token').waitFor();
    },
  },
  'a request with nothing in it': {
    by: SHOWN.submitter,
    async does({ page }) {
      await page.goto('/requests/new');
      await sends(page, '#filing');
    },
  },
  'a report of nothing': {
    by: SHOWN.committee,
    async does({ page }) {
      await page.goto('/complaints/new');
      await sends(page, 'main form');
    },
  },
  'many that are sent back without a reason': {
    by: SHOWN.approver,
    async does({ page }) {
      await page.goto('/inbox');
      await page.locator('input[name=pick]').first().check();
      await page.selectOption('#action', 'send_back');
      await sends(page, 'form:has(.together)');
    },
  },
  'a password for one sign-in': {
    by: SECURITY,
    async does({ page }) {
      await page.goto('/administration?q=careful');
      await page.locator('a[href^="/administration/people/"]').first().click();
      await page.waitForURL('**/administration/people/*');
      await presses(page, page.locator('form:has(input[value=one_time]) button'));
    },
  },
  'a page that is not there': {
    by: SHOWN.submitter,
    async does({ page }) {
      await page.goto('/no-such-page');
    },
  },
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of a second factor at the moment that the server shows (RFC 6238). */
export async function codeOf(person, secret) {
  const answer = await person.context.request.get('/healthz');
  const step = Math.floor(Date.parse(answer.headers().date) / 30_000);
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
