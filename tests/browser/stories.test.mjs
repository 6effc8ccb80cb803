// What people do in their browsers with the real program: from the filing to the settlement, and where it goes otherwise.
import assert from 'node:assert/strict';

import { files, PURCHASE } from './filing.mjs';
import { atWork, founding, proposed, story } from './story.mjs';

founding();

story('five people bring a request from filing to settlement', async ({ site, comes }) => {
  const { path } = await atWork({ site, comes });
  const yanhu = await comes('yanhu');
  await yanhu.sees('现在要办 1', PURCHASE.title);
  await yanhu.does('接受派单');
  const qingshan = await comes('qingshan');
  await qingshan.does('接受派单');
  await site.comes('2026-06-22 09:00');
  for (const [who, report] of [['yanhu', '已入户500户'], ['qingshan', '已入户360户']]) {
    const person = await comes(who);
    await person.page.click('a:has-text("交付")');
    await person.page.fill('#report', report);
    await person.page.click('#deliver button.main');
    await person.sees('已交付', report);
  }
  const health = await comes('health');
  await health.goes(path);
  await health.sees('待验收');
  await health.does('验收确认');
  await health.sees('已结算');
  const doctor = await site.does('doctor');
  assert.match(doctor, /every invariant holds/);
});

story('what is folded on the screen stands on paper, but for forms', async (at) => {
  const { health, path } = await proposed(at);
  const { page } = health;
  await health.goes(path);
  const folded = page.locator('main details:not([open]):not(.action)');
  const count = await folded.count();
  assert.ok(count > 0, 'something is folded');
  const inside = folded.first().locator('> :not(summary)').first();
  assert.equal(await inside.isVisible(), false);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await inside.isVisible(), true, 'it is read on paper without a script, too');
  assert.equal(await page.locator('main summary:visible').count(), await page.locator('main details:not(.action) > summary').count(), 'each part keeps its heading, and forms have none');
  await page.evaluate(() => { window.dispatchEvent(new Event('beforeprint')); });
  assert.equal(await folded.count(), 0, 'all is unfolded');
  await page.evaluate(() => { window.dispatchEvent(new Event('afterprint')); });
  assert.equal(await folded.count(), count, 'and is as it was');
  await page.emulateMedia({ media: 'screen' });
  assert.equal(await inside.isVisible(), false);
});

story('a new request keeps itself, and whoever comes back finds what was typed', async ({ comes }) => {
  const health = await comes('health');
  const { page } = health;
  await health.goes('/requests/new');
  await page.fill('#title', PURCHASE.title);
  await health.sees('草稿已自动保存');
  const path = new URL(page.url()).pathname;
  assert.match(path, /^\/requests\/[0-9a-f-]{36}\/edit$/);
  const kept = page.waitForResponse((answer) => answer.url().endsWith(path.replace(/edit$/, 'autosave')));
  await page.fill('#description', PURCHASE.description);
  assert.equal((await kept).status(), 200);
  await page.close();
  health.page = await health.context.newPage();
  await health.goes(path);
  assert.equal(await health.page.inputValue('#title'), PURCHASE.title);
  assert.equal(await health.page.inputValue('#description'), PURCHASE.description);
  await health.goes('/requests');
  assert.equal(await health.page.locator('td.matter', { hasText: PURCHASE.title }).count(), 1, 'there is one draft');
});

story('a button waits for the draft that is being made, and no second one is made', async ({ comes }) => {
  const health = await comes('health');
  const { page } = health;
  let letsGo;
  const held = new Promise((done) => { letsGo = done; });
  await page.route('**/requests/new/autosave', async (route) => { await held; await route.continue(); });
  await health.goes('/requests/new');
  const begun = page.waitForRequest('**/requests/new/autosave');
  await page.fill('#title', PURCHASE.title);
  await begun;
  await page.getByRole('button', { name: '保存草稿', exact: true }).click();
  const sent = page.waitForRequest((one) => one.isNavigationRequest() && one.method() === 'POST');
  const loaded = page.waitForEvent('load');
  letsGo();
  assert.match(new URL((await sent).url()).pathname, /^\/requests\/[0-9a-f-]{36}\/edit$/);
  await loaded;
  assert.equal(await page.inputValue('#title'), PURCHASE.title);
  await health.goes('/requests');
  assert.equal(await page.locator('td.matter', { hasText: PURCHASE.title }).count(), 1, 'there is one draft');
});

story('a session that ends while somebody types is told, and after a new sign-in it goes on', async ({ site, comes }) => {
  const health = await comes('health');
  const { page } = health;
  const saved = page.locator('#saved');
  await health.goes('/requests/new');
  await page.fill('#title', PURCHASE.title);
  await saved.getByText('草稿已自动保存').waitFor();
  await site.comes('2026-03-02 10:30');
  await page.fill('#description', PURCHASE.description);
  await page.locator('#panel').getByText('登录已过期').waitFor();
  await saved.getByText('登录已过期').waitFor();
  assert.equal(await page.locator('#panel h1').count(), 0, 'no other page stands in the panel');
  health.page = await health.context.newPage();
  await health.signsIn('health@example.org');
  await health.page.close();
  health.page = page;
  const longer = `${PURCHASE.description}，逐户登记`;
  await page.fill('#description', longer);
  await saved.getByText('草稿已自动保存').waitFor();
  await page.reload();
  assert.equal(await page.inputValue('#description'), longer);
  health.faults = health.faults.filter((fault) => !/status of 40[13]/.test(fault));
});

story('what nobody can see does not stay in a field', async ({ comes }) => {
  const health = await comes('health');
  const { page } = health;
  await health.goes('/requests/new');
  await page.fill('#description', '第一行\u2028第二\u200d行');
  assert.equal(await page.inputValue('#description'), '第一行\n第二行');
  await page.fill('#title', '门牌\u200b核查\ufeff');
  assert.equal(await page.inputValue('#title'), '门牌核查');
  await page.locator('#title').press('Home');
  await page.keyboard.insertText('甲\u200b乙');
  await page.keyboard.insertText('丙');
  assert.equal(await page.inputValue('#title'), '甲乙丙门牌核查', 'the cursor stays where it was');
  await page.locator('#saved').getByText('草稿已自动保存').waitFor();
});

story('a community refuses, and its part goes back with its money', async ({ site, comes }) => {
  const { path } = await atWork({ site, comes });
  const qingshan = await comes('qingshan');
  await qingshan.does('拒绝派单', { reason: 'powers_missing', text: '没有执法权限' });
  await qingshan.sees('已拒绝');
  assert.equal(await qingshan.page.getByText('接受派单', { exact: true }).count(), 0, 'nothing is left to answer');
  await qingshan.goes('/');
  await qingshan.sees('现在要办 0');
  const health = await comes('health');
  await health.goes(path);
  await health.sees('已拒绝', '没有执法权限');
  await qingshan.goes('/quota?year=2026');
  await qingshan.sees('已拒绝的任务 2026 1', PURCHASE.title, '缺少权限');
  assert.match(await site.does('doctor'), /every invariant holds/);
});

story('a community reports imposed work, and the accused reads nothing of it', async ({ comes }) => {
  const yanhu = await comes('yanhu');
  await yanhu.page.click('a:has-text("报告违规摊派")');
  await yanhu.page.selectOption('#department', 'HEALTH');
  const words = '要求三日内上报全部住户的体检台账';
  await yanhu.page.fill('#what', words);
  await yanhu.page.fill('#since', '2026-03-01');
  const photo = { name: '通知 截图.txt', mimeType: 'text/plain', buffer: Buffer.from('台账通知') };
  await yanhu.page.setInputFiles('#files', photo);
  await yanhu.page.click('main button.main');
  await yanhu.sees(words, '通知 截图.txt');
  const path = new URL(yanhu.page.url()).pathname;
  const health = await comes('health');
  const answer = await health.goes(path);
  assert.equal(answer.status(), 404, 'the accused finds nothing');
  const review = await comes('review');
  await review.goes('/complaints');
  await review.sees('区卫健局');
  await review.goes(path);
  await review.sees(words);
});

story('four eyes: whoever proposed cannot approve', async ({ comes }) => {
  const { review: both, path } = await proposed({ comes }, 'both');
  await both.sees('须由另一人审批');
  assert.equal(await both.page.getByRole('button', { name: '同意该意见' }).count(), 0, 'no button is offered');
  // A form that was kept from elsewhere is refused by the rule itself.
  const forced = await both.page.evaluate(async (to) => {
    const token = document.querySelector('meta[name=form-token]').content;
    const { version } = await (await fetch(`/api/v1${to}`)).json();
    const body = new URLSearchParams({ _token: token, version });
    const answer = await fetch(`${to}/approve`, { method: 'POST', body });
    return [answer.status, await answer.text()];
  }, path);
  assert.equal(forced[0], 409);
  assert.match(forced[1], /另一人|双人/);
  both.faults = both.faults.filter((fault) => !fault.includes('409'));
  const approve = await comes('approve');
  await approve.goes(`${path}/decide`);
  await approve.does('同意该意见');
  await approve.goes(path);
  await approve.sees('公示中');
});

story('a stale tab is told so kindly, and nothing is overwritten', async ({ comes }) => {
  const health = await comes('health');
  const path = await files(health);
  const review = await comes('review');
  await review.goes(path);
  const both = await comes('both');
  await both.goes(path);
  await both.does('受理');
  const answered = review.page.waitForResponse((answer) => answer.request().method() === 'POST');
  await review.does('退回补正', { reason: '附件无法打开' });
  assert.equal((await answered).status(), 412);
  const text = await review.page.innerText('body');
  assert.match(text, /刚被他人办理过/);
  assert.match(text, /没有提交/);
  await review.goes(path);
  await review.sees('审核中');
});

story('on a phone a community sees its day and hands in its work', async ({ site, comes }) => {
  await atWork({ site, comes });
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
  const yanhu = await comes('yanhu', phone);
  await yanhu.sees('现在要办 1');
  await yanhu.does('接受派单');
  for (const path of ['/', '/quota?year=2026', '/complaints/new', '/requests', '/disclosure']) {
    await yanhu.goes(path);
    const wider = await yanhu.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${path} is ${wider} pixels wider than the phone`);
  }
  await site.comes('2026-06-22 09:00');
  const again = await comes('yanhu', phone);
  await again.page.tap('a:has-text("交付")');
  await again.page.fill('#report', '已入户500户');
  await again.page.tap('#deliver button.main');
  await again.sees('已交付', '已入户500户');
});
