// The real program on a database that is thrown away: commands, and its pages on a free port of this machine.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Clock } from './clock.mjs';

export const HERE = dirname(fileURLToPath(import.meta.url));
export const PROGRAM = process.env.ZHUNRU_PROGRAM ?? join(HERE, '../../target/debug/zhunru');
const run = promisify(execFile);
/** How long a command or a start may take, on a machine that is busy with other tests. */
const PATIENCE = 120_000;
/** And how long a whole year of the demonstration. */
export const YEAR_PATIENCE = 900_000;

export class Site {
  constructor(moment) {
    this.folder = mkdtempSync(join(tmpdir(), 'zhunru-browser-'));
    this.clock = new Clock(this.folder, moment);
    this.oneTime = {};
    this.patience = PATIENCE;
    /** Settings besides those that every story has. */
    this.variables = {};
  }

  environment() {
    return {
      PATH: process.env.PATH,
      HOME: this.folder,
      ...this.clock.environment(),
      ZHUNRU_DATABASE: `sqlite://${join(this.folder, 'zhunru.db')}`,
      ZHUNRU_LANG: 'en',
      ZHUNRU_MAIL: join(this.folder, 'letters'),
      ...this.variables,
    };
  }

  /** Carries out a command of the program and gives back what it prints. */
  async does(...words) {
    const options = { cwd: this.folder, env: this.environment(), timeout: this.patience, maxBuffer: 1 << 26 };
    const { stdout } = await run(PROGRAM, words, options);
    return stdout.trim();
  }

  /** Comes to a day: limits that have passed meanwhile are carried out. */
  async comes(moment) {
    this.clock.moveTo(moment);
    await this.does('jobs', 'once');
  }

  /** A password for one sign-in; whoever has it chooses an own one on the page. */
  async givesPassword(email) {
    const said = JSON.parse(await this.does('--json', 'user', 'password', email));
    this.oneTime[email] = said.one_time_password;
  }

  /** Begins to serve. */
  async opens() {
    const log = openSync(join(this.folder, 'server.log'), 'w');
    const words = ['serve', '--listen', '127.0.0.1:0'];
    this.server = spawn(PROGRAM, words, { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'pipe', log] });
    this.ended = new Promise((done) => { this.server.once('exit', done); });
    const said = new Promise((done, failed) => {
      this.server.stdout.on('data', (text) => {
        const found = /http:\/\/\S+/.exec(text);
        if (found) done(found[0]);
      });
      this.server.once('exit', (code) => failed(new Error(`the server has ended with ${code}`)));
      setTimeout(() => failed(new Error('the server does not begin')), PATIENCE).unref();
    });
    this.origin = await said;
  }

  /** Ends the server by its id. */
  async stops() {
    if (!this.server || this.server.exitCode !== null) return;
    this.server.kill('SIGINT');
    const late = setTimeout(() => this.server.kill('SIGKILL'), 15_000);
    await this.ended;
    clearTimeout(late);
  }

  /** Ends the server, and what it worked on goes with it. */
  async closes() {
    await this.stops();
    if (!process.env.ZHUNRU_KEEP) rmSync(this.folder, { recursive: true, force: true });
  }

  /** A site that begins where another one stands. */
  static copyOf(other, moment) {
    const site = new Site(moment);
    cpSync(other.folder, site.folder, { recursive: true, filter: (from) => !from.endsWith('clock') });
    site.oneTime = { ...other.oneTime };
    return site;
  }
}

/** A small district with its people, before anything is filed. */
export async function district(moment) {
  const site = new Site(moment);
  await site.does('migrate');
  for (const kind of ['organisations', 'communities', 'people']) {
    await site.does('import', kind, join(HERE, 'district', `${kind}.csv`));
  }
  await site.does('budget', 'appropriate', 'HEALTH', '2026', '50000.00', '--as', 'money@example.org');
  const people = ['health', 'review', 'both', 'approve', 'money', 'yanhu', 'qingshan'];
  for (const who of people) await site.givesPassword(`${who}@example.org`);
  return site;
}
