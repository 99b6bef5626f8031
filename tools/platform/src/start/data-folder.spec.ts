import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeDataFolder } from './data-folder.js';

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'throughline-data-'));
  folder = join(parent, 'data');
});

describe('the data folder', () => {
  it('is made where it is missing, and given back', () => {
    const giveBack = takeDataFolder(folder, false);
    expect(existsSync(join(folder, 'platform.lock'))).toBe(true);
    giveBack();
    expect(existsSync(join(folder, 'platform.lock'))).toBe(false);
  });

  it('keeps what is in it for the next start', () => {
    takeDataFolder(folder, false)();
    writeFileSync(join(folder, 'keys.json'), '{}');
    takeDataFolder(folder, false)();
    expect(existsSync(join(folder, 'keys.json'))).toBe(true);
  });

  it('is emptied by --fresh, except for the pids that a crashed run left behind', () => {
    takeDataFolder(folder, false)();
    writeFileSync(join(folder, 'keys.json'), '{}');
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run/referral.pid'), '{}');
    takeDataFolder(folder, true)();
    expect(readdirSync(folder).sort()).toEqual(['run', 'throughline-data']);
    expect(readdirSync(join(folder, 'run'))).toEqual(['referral.pid']);
  });

  it.each([false, true])("is refused when it holds somebody else's files, which stay (--fresh: %s)", (fresh) => {
    writeFileSync(join(parent, 'thesis.txt'), 'all of it');
    expect(() => takeDataFolder(parent, fresh)).toThrow(/holds files that are not Throughline's/);
    expect(existsSync(join(parent, 'thesis.txt'))).toBe(true);
  });

  it('is refused when it is a file', () => {
    writeFileSync(folder, '');
    expect(() => takeDataFolder(folder, false)).toThrow(/is a file/);
  });

  it.each([false, true])('is refused while another platform runs on it (--fresh: %s)', (fresh) => {
    const giveBack = takeDataFolder(folder, false);
    expect(() => takeDataFolder(folder, fresh)).toThrow(`already running on ${folder} (pid ${process.pid})`);
    giveBack();
    takeDataFolder(folder, fresh)();
  });

  it('is taken over from a platform that was killed', () => {
    takeDataFolder(folder, false);
    writeFileSync(join(folder, 'platform.lock'), JSON.stringify({ pid: process.pid, startedAt: 'earlier' }));
    expect(() => takeDataFolder(folder, false)).not.toThrow();
  });
});
