// The demonstration's city, served at the end of its story, with one person of each role and the pages that each may open.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Person } from './browser.mjs';
import { Site, YEAR_PATIENCE } from './site.mjs';

/** Whom the demonstration shows; a role that is not named here is played by the first person who has it. */
export const SHOWN = {
  submitter: 'fu.huimin@jb-weijian.example.org',
  reviewer: 'tang.yutong@jb-office.example.org',
  approver: 'gao.tianyu@jb-office.example.org',
  finance: 'wan.ruoxi@jb-caizheng.example.org',
  committee: 'zhu.xiaoyan@jb-yanjianglu.example.org',
  subdistrict: 'cheng.kexin@jb-yanjiangjd.example.org',
};
/** So many pages of one pattern are looked at for each role: the first ones differ, the others are alike. */
const MOST = 2;
/** Pages that are left, and files, which no browser shows as a page. */
const ASIDE = /^\/(api|assets|healthz|readyz|metrics)(\/|$)|\.(csv|json|xlsx|pdf)$|\/files\/\{/;

/** Plays the season, or the year with `--year` among the words, and serves it at that moment. */
export async function demo(words, moment) {
  const site = new Site(moment);
  try {
    site.patience = YEAR_PATIENCE;
    await site.does('demo', '--exit', ...words, '--data', site.folder);
    await site.opens();
    return site;
  } catch (error) {
    await site.closes();
    throw error;
  }
}

/** Whoever looks after accounts, and whoever turns on a second factor. */
export const SECURITY = 'security@example.org';
export const CAREFUL = 'careful@example.org';

/** A meeting in session on the day, if a case is ripe for one. */
async function meets(site) {
  const by = ['--as', SHOWN.reviewer];
  const [ripe] = JSON.parse(await site.does('--json', 'meeting', 'cases', ...by));
  const { id } = JSON.parse(await site.does('--json', 'meeting', 'call', site.clock.day, '三楼会议室', ...by));
  if (!ripe) return;
  await site.does('meeting', 'agenda', id, `${ripe.number}=10`, ...by);
  await site.does('meeting', 'open', id, '--present', '张主任', ...by);
}

/**
 * What the season leaves out: people for security and with a second factor, a web-hook, a meeting, a draft of the department
 * that is shown, and a report of imposed work with a file.
 */
export async function addsWhatIsMissing(site) {
  await site.does('user', 'add', SECURITY, '安全员', '--organisation', '420202-OFF', '--role', 'security');
  await site.does('user', 'add', CAREFUL, '谨慎', '--organisation', '420202-OFF', '--role', 'reviewer');
  await site.does('webhook', 'make', '台账系统', 'https://hooks.example.org/in', '--as', SHOWN.submitter);
  await meets(site);
  const paper = join(site.folder, '通知.txt');
  writeFileSync(paper, '请于三日内上报台账');
  await site.does('complaint', 'file', '--department', '420202-D14', '--what', '要求社区每日上报台账', '--since',
    '2026-09-01', '--evidence', paper, '--as', SHOWN.committee);
  const filing = join(site.folder, 'draft.json');
  writeFileSync(filing, JSON.stringify({
    title: '冬季慢性病患者入户随访', item: 'C08-07', term: 'temporary', starts_on: '2026-11-02', ends_on: '2026-12-31',
  }));
  await site.does('request', 'draft', filing, '--communities', '420202001001,420202001002', '--as', SHOWN.submitter);
}

/** One address for each role that somebody has. */
export async function players(site) {
  const people = JSON.parse(await site.does('--json', 'user', 'list'));
  const roles = [...new Set(people.flatMap((person) => person.roles))].sort();
  const first = (role) => people.find((person) => person.roles.length === 1 && person.roles[0] === role)
    ?? people.find((person) => person.roles.includes(role));
  return roles.map((role) => ({ role, email: SHOWN[role] ?? first(role).email }));
}

/** Somebody who has signed in with a password that was given just now. */
export async function arrives(browser, site, email, options) {
  const person = await Person.at(browser, site, options);
  await site.givesPassword(email);
  await person.choosesPassword(email);
  return person.signsIn(email);
}

/** Long work of an administrator, so that there is a page of it. */
export async function beginsAnErrand(person) {
  await person.goes('/administration/jobs');
  await person.page.click('.jobs form button');
  await person.page.waitForLoadState();
}

/** The patterns of pages that the program serves, as its own access table says. */
export async function patterns(site) {
  const rows = JSON.parse(await site.does('--json', 'routes'));
  const pages = rows.filter((row) => row.method === 'GET' && !ASIDE.test(row.path));
  // What is written out is matched before what has a gap.
  return pages.map((row) => row.path).sort((one, other) => gaps(one) - gaps(other) || one.localeCompare(other));
}

const gaps = (pattern) => (pattern.match(/\{/g) ?? []).length;

function matcher(pattern) {
  return new RegExp(`^${pattern.replace(/\{\*[^}]+\}/g, '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

/** Follows the links that somebody is shown; gives back `[pattern, address]` of pages, few of each pattern. */
export async function reached(person, known) {
  const patternOf = (path) => known.find((pattern) => matcher(pattern).test(path));
  const counts = new Map();
  const found = [];
  const seen = new Set();
  const waiting = ['/', '/sign-in', ...known.filter((pattern) => gaps(pattern) === 0)];
  while (waiting.length) {
    const address = waiting.shift();
    const { pathname } = new URL(address, person.site.origin);
    const pattern = patternOf(pathname);
    if (!pattern || seen.has(address) || (counts.get(pattern) ?? 0) >= MOST) continue;
    seen.add(address);
    const answer = await person.context.request.get(address, { maxRedirects: 0 });
    const kind = answer.headers()['content-type'] ?? '';
    if (answer.status() !== 200 || !kind.startsWith('text/html')) continue;
    counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    found.push([pattern, address]);
    waiting.push(...links(await answer.text(), address));
  }
  return found;
}

function links(html, base) {
  const all = [...html.matchAll(/<a\b[^>]*\bhref="([^"]+)"/g)].map((match) => match[1].replaceAll('&amp;', '&'));
  const here = all.filter((link) => link.startsWith('/') && !link.startsWith('//'));
  return here.map((link) => link.split('#')[0]).filter((link) => link && link !== base);
}

/** Shows everything in a language from now on. */
export async function speaks(person, language) {
  const { hostname } = new URL(person.site.origin);
  await person.context.addCookies([{ name: 'zhunru-language', value: language, domain: hostname, path: '/' }]);
}

