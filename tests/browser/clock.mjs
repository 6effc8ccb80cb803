// A clock that a story moves while the server runs. The product reads the time of the machine and has no way to be told
// another one, which is right: a limit that can be moved by a setting is none. So the machine's time is what is moved: the
// library of Debian's `faketime` stands between the process and the clock, as in the README's tour, and reads the
// distance from the real time out of a file at every look. The monotonic clock goes on as it is, so that nothing waits for
// days, and the server keeps running when a story comes to its next day.
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ZONE = '+08:00';

function library() {
  const found = readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (!found) throw new Error('the package faketime is not installed');
  return found;
}

export class Clock {
  constructor(folder, moment) {
    this.file = join(folder, 'clock');
    this.moveTo(moment);
  }

  /** Moves to a moment of the district, such as `2026-03-02 09:00`; it goes on from there. */
  moveTo(moment) {
    const [day, time = '09:00'] = moment.split(' ');
    this.day = day;
    const wanted = Date.parse(`${day}T${time}:00${ZONE}`);
    if (Number.isNaN(wanted)) throw new Error(`\`${moment}\` is no moment`);
    this.shift = Math.round((wanted - Date.now()) / 1000);
    // The program reads the file at every look at the clock, so it is replaced whole.
    writeFileSync(`${this.file}.new`, `${this.shift < 0 ? '' : '+'}${this.shift}\n`);
    renameSync(`${this.file}.new`, this.file);
  }

  /** What a process needs in its environment to see this clock. */
  environment() {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
      TZ: 'Asia/Shanghai',
    };
  }
}
