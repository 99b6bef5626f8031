import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Problem } from '../problem.js';
import { findRabbitmqServer } from './local-rabbitmq.js';
import { findProgram } from './program.js';
import { runsAsRoot } from './system-user.js';

const POLICY = '/usr/sbin/policy-rc.d';

/** What a person can do where no broker can be had; the three ways of the launcher. */
export const WAYS_TO_A_BROKER = [
  'No RabbitMQ was found. Three ways out:',
  '  1. set AMQP_URL to a broker that you have, as in AMQP_URL=amqp://user:password@host:5672',
  '  2. start Docker, and it is used',
  '  3. install RabbitMQ on this machine (Debian, Ubuntu: sudo apt-get install rabbitmq-server; macOS: brew install rabbitmq)',
].join('\n');

/** Whether this is Debian or one of its kin (Ubuntu names Debian in ID_LIKE) and we may install packages. */
export function canInstallRabbitmq(osRelease = '/etc/os-release'): boolean {
  if (!runsAsRoot() || !findProgram('apt-get') || !existsSync(osRelease)) return false;
  const ids = [...readFileSync(osRelease, 'utf8').matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  return ids.includes('debian') || ids.includes('ubuntu');
}

/**
 * Installs rabbitmq-server with apt-get, announced before it is done.
 * @returns the server's start script.
 */
export function installRabbitmq(say: (line: string) => void): string {
  say('no RabbitMQ here: installing it now with "apt-get install -y rabbitmq-server" (about 100 MB, a minute or two)');
  withoutStartingServices(() => {
    if (aptGet('install', '-y', '--no-install-recommends', 'rabbitmq-server').status !== 0) {
      say('the package lists may be old or missing: running "apt-get update" first');
      aptGet('update');
      const { status, output } = aptGet('install', '-y', '--no-install-recommends', 'rabbitmq-server');
      if (status !== 0) {
        throw new Problem(`apt-get could not install rabbitmq-server: ${reasonIn(output)}\n${WAYS_TO_A_BROKER}`);
      }
    }
  });
  const program = findRabbitmqServer();
  if (!program) throw new Problem(`apt-get installed rabbitmq-server, but it cannot be found.\n${WAYS_TO_A_BROKER}`);
  say(`installed RabbitMQ: ${program}; the system broker was not started`);
  return program;
}

function aptGet(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: error ? error.message : `${stdout}\n${stderr}` };
}

/** Debian starts a server when it installs it, unless policy-rc.d says no (Debian Policy 9.3.3.1). An existing policy stays. */
function withoutStartingServices(install: () => void): void {
  if (existsSync(POLICY)) return install();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
  chmodSync(POLICY, 0o755);
  try {
    install();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

/** The errors of apt-get, or its last words where it marks none. */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  const errors = lines.filter((line) => line.startsWith('E:'));
  return (errors.length > 0 ? errors : lines.slice(-3)).join(' ');
}
