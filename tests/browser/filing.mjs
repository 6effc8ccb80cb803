// What departments file in the stories, field by field as the form names them.

/** A purchase in three months of 2026. */
export const PURCHASE = {
  title: '门牌与地名标识核查',
  description: '逐户核对门牌与地名标识',
  item: 'C03-09',
  term: 'temporary',
  starts_on: '2026-05-06',
  ends_on: '2026-07-31',
  'work.0.what': '入户核对',
  'work.0.per': 'household',
  'work.0.amount': '20',
  'work.0.times': '1',
  'work.0.minutes_per_unit': '15',
  'work.0.day': 'working',
  'work.0.worker': 'community',
  'direct_costs.0.what': '印制登记表',
  'direct_costs.0.amount': '600.00',
  'governing_document.title': '地名管理条例实施方案',
  'governing_document.number': '江民发〔2026〕8号',
  'declarations.department': '培训、制图、汇总',
  'declarations.community': '入户核对、登记',
  'declarations.support': '经费、底图',
};

export const YANHU = '420202001001';
export const QINGSHAN = '420202001002';

/** Fills in the form that the person is looking at. */
export async function fillsIn(person, fields, communities) {
  const { page } = person;
  for (const [name, value] of Object.entries(fields)) {
    const input = page.locator(`#filing [name="${name}"]`);
    if (await input.evaluate((one) => one.tagName === 'SELECT')) await input.selectOption(value);
    else await input.fill(value);
  }
  for (const code of communities) await page.check(`[name=community][value="${code}"]`);
}

/** Files and submits; gives back the address of the request. */
export async function files(person, fields = PURCHASE, communities = [YANHU, QINGSHAN]) {
  await person.goes('/requests/new');
  await fillsIn(person, fields, communities);
  await person.page.getByRole('button', { name: '提交', exact: true }).click();
  await person.page.waitForURL(/\/requests\/[0-9a-f-]{36}$/);
  return new URL(person.page.url()).pathname;
}
