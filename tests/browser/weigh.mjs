// What pages weigh, for each page that somebody may open, against a whole year of the demonstration's city: compressed bytes
// and requests of a first visit, and the server's time. Too heavy is a failure; too slow is none, since machines differ.
//   tests/browser/weigh [REQUESTS]      250 unless told; 2,000 is the demonstration's own year
import { launch, Person } from './browser.mjs';
import { addsWhatIsMissing, arrives, demo, patterns, players, reached, speaks } from './demo.mjs';

const requests = process.argv[2] ?? '250';
const KILOBYTE = 1024;
const LIMIT = 150 * KILOBYTE;
/** Pages that are made of charts. */
const CHARTS = { '/dashboard': 400 * KILOBYTE };

/** Bytes on the wire, requests and the server's time of one visit with nothing kept from before. */
async function weigh(person, address) {
  const wire = await person.context.newCDPSession(person.page);
  await wire.send('Network.enable');
  await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  let count = 0;
  wire.on('Network.loadingFinished', (done) => { bytes += done.encodedDataLength; count += 1; });
  const answer = await person.page.goto(address, { waitUntil: 'load' });
  const { requestStart, responseStart } = answer.request().timing();
  await wire.detach();
  return { bytes, count, milliseconds: Math.round(responseStart - requestStart) };
}

async function weighAll(person, role, known, lines) {
  await speaks(person, 'zh');
  for (const [pattern, address] of await reached(person, known)) {
    lines.push({ role, pattern, address, ...await weigh(person, address) });
  }
}

/** The heaviest of each pattern. */
function heaviest(lines) {
  const found = new Map();
  for (const line of lines) {
    const before = found.get(line.pattern);
    if (!before || line.bytes > before.bytes) found.set(line.pattern, line);
  }
  return [...found.values()].sort((one, other) => other.bytes - one.bytes);
}

const site = await demo(['--year', '--requests', requests], '2026-12-31 10:00');
const browser = await launch();
const lines = [];
try {
  await addsWhatIsMissing(site);
  const known = await patterns(site);
  await weighAll(await Person.at(browser, site), 'nobody', known, lines);
  for (const { role, email } of await players(site)) {
    await weighAll(await arrives(browser, site, email), role, known, lines);
  }
} finally {
  await browser.close();
  await site.closes();
}
let heavy = 0;
console.log(`${'page'.padEnd(34)} ${'role'.padEnd(12)} ${'kB'.padStart(7)} ${'limit'.padStart(6)} requests     ms`);
for (const { pattern, role, bytes, count, milliseconds } of heaviest(lines)) {
  const limit = CHARTS[pattern] ?? LIMIT;
  const over = bytes > limit;
  heavy += over ? 1 : 0;
  const figures = [(bytes / KILOBYTE).toFixed(1).padStart(7), String(limit / KILOBYTE).padStart(6)];
  console.log([pattern.padEnd(34), role.padEnd(12), ...figures, String(count).padStart(8),
    String(milliseconds).padStart(6), over ? 'too heavy' : ''].join(' ').trimEnd());
}
console.log(`${lines.length} pages of ${requests} requests in a year, ${heavy} too heavy`);
process.exitCode = heavy ? 1 : 0;
