// Sign-on by an identity provider, the whole way in a browser: from our button or our account page to the form of a real
// provider and back. The provider is called `localhost` and we `127.0.0.1`, so that to the browser they are two sites.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { PASSWORD } from './browser.mjs';
import { speaks } from './demo.mjs';
import { see } from './see.mjs';
import { HERE } from './site.mjs';
import { FIRST_DAY, founding, story } from './story.mjs';

founding();

const SECRET = 'a secret of the program and its provider';

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Sets a provider for the site; it is started when the site is there, since it must know where browsers go back to. */
async function provided(site) {
  site.port = await freePort();
  site.provider = `localhost:${site.port}`;
  site.variables = {
    ZHUNRU_SIGN_ON_ISSUER: `http://${site.provider}`,
    ZHUNRU_SIGN_ON_CLIENT: 'zhunru',
    ZHUNRU_SIGN_ON_SECRET: SECRET,
  };
  return async () => {
    if (!site.process) return;
    const ended = new Promise((done) => { site.process.once('exit', done); });
    site.process.stdin.end();
    await ended;
  };
}

async function starts(site) {
  const at = Math.round(Date.parse(`${FIRST_DAY.replace(' ', 'T')}:00+08:00`) / 1000);
  const wanted = { redirect: `${site.origin}/sign-in/provider/back`, at, port: site.port, name: 'localhost' };
  const folder = join(HERE, '../sign_on');
  const options = { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] };
  site.process = spawn('node', ['provider.mjs', JSON.stringify(wanted)], options);
  await new Promise((done, failed) => {
    site.process.stdout.once('data', done);
    site.process.once('exit', (code) => failed(new Error(`the provider has ended with ${code}`)));
  });
}

/** What a picture is wanted of, when somebody looks at the pages. */
async function pictured(person, name) {
  const folder = process.env.ZHUNRU_PICTURES;
  if (!folder) return;
  for (const width of [1440, 390]) {
    await person.page.setViewportSize({ width, height: 900 });
    await person.page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
  }
  await person.page.setViewportSize({ width: 1440, height: 900 });
}

async function looks(person, name) {
  for (const language of ['zh', 'en']) {
    await speaks(person, language);
    await person.page.reload();
    await pictured(person, `${name}-${language}`);
    assert.deepEqual(await see(person), [], `${name} in ${language}`);
    await person.page.setViewportSize({ width: 1440, height: 900 });
  }
  await speaks(person, 'zh');
  await person.page.reload();
}

/** Signs in on the form of the provider. */
async function entersThere(person, login) {
  await person.page.waitForURL(/\/interaction\//);
  await person.page.fill('[name=login]', login);
  await person.page.click('button[value=enter]');
}

story('somebody links the own account, and comes in by the provider from then on', async ({ site, comes, visits }) => {
  await starts(site);
  const health = await comes('health');
  health.beside = [site.provider];
  await health.goes('/account');
  await looks(health, 'account-before');
  await health.does('绑定', { password: PASSWORD });
  await entersThere(health, 'u-1001');
  await health.page.waitForURL(/\/account/);
  await health.sees('已绑定', 'u-1001');
  await looks(health, 'account-linked');
  const visitor = await visits();
  visitor.beside = [site.provider];
  await visitor.goes('/sign-in');
  await looks(visitor, 'sign-in');
  await visitor.page.click('a:has-text("统一身份认证登录")');
  await entersThere(visitor, 'u-1001');
  await visitor.page.waitForURL(`${site.origin}/`);
  assert.match(await visitor.page.innerText('header'), /李/);
  assert.match(await site.does('doctor'), /every invariant holds/);
}, provided);

story('security links a person on the page of the account, who comes in then and no more when it is taken off', async ({ site, visits }) => {
  await starts(site);
  await site.does('user', 'add', 'security@example.org', '安全员', '--organisation', 'OFFICE', '--role', 'security');
  await site.givesPassword('security@example.org');
  const security = await visits();
  await security.choosesPassword('security@example.org');
  await security.signsIn('security@example.org');
  await security.goes('/administration?q=health%40');
  await security.page.click('main a[href^="/administration/people/"]');
  await security.sees('未绑定', 'health@example.org');
  await looks(security, 'person-before');
  await security.page.fill('#subject', 'u-1001');
  await security.page.click('button:has-text("绑定")');
  await security.sees('已绑定', 'u-1001');
  await looks(security, 'person-linked');
  const visitor = await visits();
  visitor.beside = [site.provider];
  await visitor.goes('/sign-in');
  await visitor.page.click('a:has-text("统一身份认证登录")');
  await entersThere(visitor, 'u-1001');
  await visitor.page.waitForURL(`${site.origin}/`);
  await security.page.click('button:has-text("解除绑定")');
  await security.sees('未绑定');
  await visitor.goes('/');
  assert.equal(new URL(visitor.page.url()).pathname, '/sign-in', 'the session has ended');
}, provided);

story('somebody whom nobody has linked reads whom to ask, and whoever turns back may come by password', async ({ site, visits }) => {
  await starts(site);
  const visitor = await visits();
  visitor.beside = [site.provider];
  await visitor.goes('/sign-in');
  await visitor.page.click('a:has-text("统一身份认证登录")');
  await entersThere(visitor, 'u-2002');
  await visitor.sees('尚未绑定账号', 'u-2002', '安全管理员');
  await pictured(visitor, 'unlinked');
  assert.deepEqual(await see(visitor), []);
  const unsure = await visits();
  unsure.beside = [site.provider];
  await unsure.goes('/sign-in');
  await unsure.page.click('a:has-text("统一身份认证登录")');
  await unsure.page.waitForURL(/\/interaction\//);
  await unsure.page.click('button[value=cancel]');
  await unsure.sees('登录未完成', '取消');
  await pictured(unsure, 'cancelled');
  assert.deepEqual(await see(unsure), []);
  await unsure.page.click('a:has-text("用密码登录")');
  await unsure.signsIn('health@example.org');
}, provided);
