// Chromium and the people in front of it. Whatever a page says to the console as an error, or asks of another host, is
// written down for the story's end.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

/** Milliseconds that a page may take on a machine with much else to do. */
export const PATIENCE = 60_000;

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Everybody's own password. */
export const PASSWORD = 'correct horse battery staple';
const ARGUMENTS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export async function launch() {
  return chromium.launch({
    executablePath: PROGRAM,
    args: ARGUMENTS,
    chromiumSandbox: false,
    timeout: 60_000,
    env: { ...process.env, LANGUAGE: 'en_US' },
  });
}

/** A desk with a browser of its own: one person, one set of cookies. */
export class Person {
  static async at(browser, site, options = {}) {
    const person = new Person();
    person.site = site;
    person.context = await browser.newContext({ baseURL: site.origin, locale: 'zh-CN', ...options });
    person.context.setDefaultTimeout(PATIENCE);
    person.faults = [];
    /** Hosts that the story sends the person to. */
    person.beside = [];
    person.context.on('request', (request) => person.asks(request));
    person.context.on('console', (message) => person.hears(message));
    person.context.on('weberror', (error) => person.faults.push(`script: ${error.error()}`));
    person.page = await person.context.newPage();
    return person;
  }

  asks(request) {
    const url = new URL(request.url());
    const own = [new URL(this.site.origin).host, '', ...this.beside].includes(url.host) || ['data:', 'blob:'].includes(url.protocol);
    if (!own) this.faults.push(`asks ${url.host} for ${url.pathname}`);
  }

  hears(message) {
    if (!['error', 'warning'].includes(message.type())) return;
    // A page that answers with a refusal is named by the browser as a failed load of that page; all other loads count.
    const { url } = message.location();
    const document = message.text().startsWith('Failed to load resource') && url === message.page()?.url();
    // A story may come to its next day before a page has asked for its timeline, with a session that is over by then.
    const late = message.text().includes('401') && /\/events\?after=\d+$/.test(url);
    if (!document && !late) this.faults.push(`${message.type()}: ${message.text()} (${url})`);
  }

  /** Signs in with the password for one sign-in and chooses an own one, which ends that session. */
  async choosesPassword(email) {
    await this.enters(email, this.site.oneTime[email]);
    await this.page.fill('[name=password]', PASSWORD);
    await this.page.fill('[name=again]', PASSWORD);
    await this.page.click('main button.main');
    delete this.site.oneTime[email];
    assert.equal(new URL(this.page.url()).pathname, '/sign-in', await this.reads());
  }

  async signsIn(email) {
    await this.enters(email, PASSWORD);
    assert.equal(new URL(this.page.url()).pathname, '/', `${email} signs in: ${await this.reads()}`);
    return this;
  }

  async enters(email, password) {
    await this.page.goto('/sign-in');
    await this.page.fill('#email', email);
    await this.page.fill('#password', password);
    await this.page.click('main button.main');
  }

  /** The words of the page's main part. */
  async reads() {
    return (await this.page.innerText('main')).replace(/\s+/g, ' ');
  }

  /** Waits until the page says all of these words. */
  async sees(...words) {
    let text = '';
    for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((next) => { setTimeout(next, 100); })) {
      // While a page gives way to the next one there is nothing to read.
      text = await this.reads().catch(() => '');
      if (words.every((word) => text.includes(word))) return;
    }
    for (const word of words) assert.ok(text.includes(word), `\`${word}\` is not in: ${text}`);
  }

  async goes(path) {
    return this.page.goto(path);
  }

  /** Presses a button, or opens the form behind a summary, fills it in and sends it. */
  async does(name, fields = {}) {
    const { page } = this;
    const folded = page.locator('details.action > summary', { hasText: new RegExp(`^${name}$`) });
    if (await folded.count()) {
      await folded.first().click();
      const form = folded.first().locator('xpath=..').locator('form');
      for (const [field, value] of Object.entries(fields)) {
        const input = form.locator(`[name=${field}]`);
        const kind = await input.evaluate((one) => one.type);
        if (kind === 'select-one') await input.selectOption(value);
        else if (kind === 'checkbox') await input.check();
        else await input.fill(value);
      }
      await form.locator('button').last().click();
    } else {
      await page.getByRole('button', { name, exact: true }).first().click();
    }
    await page.waitForLoadState();
  }

  async leaves() {
    await this.context.close();
    assert.deepEqual(this.faults, [], 'no error on the console, no request to another host');
  }
}
