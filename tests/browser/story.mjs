// A story in browsers: a city of its own for each, with its people; whoever came must leave without a fault.
import { after, before, test } from 'node:test';

import { launch, Person } from './browser.mjs';
import { files } from './filing.mjs';
import { district, Site } from './site.mjs';

export const FIRST_DAY = '2026-03-02 09:00';
let browser;
let founded;

/** Founds the city once for all stories of a file. */
export function founding() {
  before(async () => {
    browser = await launch();
    founded = await district(FIRST_DAY);
    await founded.opens();
    for (const email of Object.keys(founded.oneTime)) {
      const person = await Person.at(browser, founded);
      await person.choosesPassword(email);
      await person.leaves();
    }
    await founded.stops();
  }, { timeout: 300_000 });
  after(async () => {
    await browser?.close();
    await founded?.closes();
  });
}

/** `prepare` has a last word about the site before it opens, and gives back what ends with the story. */
export function story(name, tell, prepare = async () => {}) {
  test(name, { timeout: 300_000 }, async () => {
    const site = Site.copyOf(founded, FIRST_DAY);
    const people = [];
    const visits = async (options) => {
      const person = await Person.at(browser, site, options);
      people.push(person);
      return person;
    };
    const comes = async (who, options) => {
      const person = await visits(options);
      return person.signsIn(`${who}@example.org`);
    };
    const ends = await prepare(site);
    try {
      await site.opens();
      await tell({ site, comes, visits });
      for (const person of people) await person.leaves();
    } finally {
      await ends?.();
      await site.closes();
    }
  });
}

/** Filed, accepted, quoted, answered and proposed: what waits for an approver. */
export async function proposed({ comes }, who = 'review') {
  const health = await comes('health');
  const path = await files(health);
  const review = await comes(who);
  await review.goes(path);
  await review.does('受理');
  await review.goes(`${path}/decide`);
  await review.does('现在报价');
  await health.goes(path);
  await health.does('接受报价', { in_budget: 'yes' });
  await review.goes(`${path}/decide`);
  await review.page.check('[name=verdict][value=admit]');
  await review.does('提交审批');
  await review.sees('待审批');
  return { health, review, path };
}

/** Admitted and funded: the communities have their tasks. */
export async function atWork({ site, comes }) {
  const { health, review, path } = await proposed({ site, comes });
  const approve = await comes('approve');
  await approve.goes(`${path}/decide`);
  await approve.does('同意该意见');
  await site.comes('2026-03-16 09:00');
  const money = await comes('money');
  await money.goes('/budget?year=2026');
  await money.sees('等经费到位 1');
  await money.does('落实经费');
  await site.comes('2026-05-06 09:00');
  return { health, review, approve, money, path };
}

