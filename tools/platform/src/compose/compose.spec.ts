import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../infrastructure/repository.js';
import { heapFlagsOf } from '../start/heap-flags.js';
import { serviceNames } from '../start/services.js';
import { type Definitions, writeSecrets } from './secrets.js';

interface Container {
  image?: string;
  build?: { context: string; target?: string; args?: Record<string, string> };
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  ports?: string[];
  container_name?: string;
  healthcheck?: object;
}

const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
};
const containers = Object.entries(compose.services);
const dockerfile = text('Dockerfile');

describe('docker-compose.yml', () => {
  it('has every service of the platform', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['mongodb', 'rabbitmq', 'identity-provider', ...serviceNames]),
    );
  });

  it.each(containers)('builds or names the image of %s, from paths and stages that exist', (name, { image, build }) => {
    expect(image).toBeDefined();
    if (!build) return expect(image).toMatch(/^[a-z0-9/-]+:[\w.-]+$/);
    expect(build.context).toBe('.');
    if (build.target) expect(dockerfile).toMatch(new RegExp(`^FROM .+ AS ${build.target}$`, 'm'));
    else {
      expect(build.args).toEqual({ SERVICE: name });
      expect(existsSync(join(repositoryRoot, 'services', name, 'package.json'))).toBe(true);
    }
  });

  it.each(containers)('mounts into %s only volumes and files that exist', (_, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source] = volume.split(':') as [string];
      if (source.startsWith('.')) expect([source, existsSync(join(repositoryRoot, source))]).toEqual([source, true]);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it.each(containers)(
    'lets %s wait only for what there is, and for health only where health is checked',
    (_, { depends_on = {} }) => {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const container = compose.services[other];
        expect(container).toBeDefined();
        // Without a check of its own, a container is healthy by the HEALTHCHECK of our image, or never.
        if (condition === 'service_healthy') expect(container!.healthcheck ?? container!.build).toBeDefined();
      }
    },
  );

  it.each(serviceNames)('gives %s the heap that it has everywhere', (name) => {
    expect(compose.services[name]!.command).toEqual(expect.arrayContaining(heapFlagsOf(name)));
  });

  it('lets services be scaled: no name, address or port that only one replica can have', () => {
    for (const name of serviceNames) {
      expect(compose.services[name]).not.toHaveProperty('container_name');
      expect(compose.services[name]).not.toHaveProperty('ports');
      expect(compose.services[name]).not.toHaveProperty('hostname');
    }
  });

  it('reaches every service through the gateway on its port', () => {
    const gateway = text('deploy/gateway/nginx.conf');
    for (const name of serviceNames) {
      const port = compose.services[name]!.environment!['PORT'];
      expect(gateway).toMatch(new RegExp(`^ +${port} ${name};$`, 'm'));
      expect(gateway).toMatch(new RegExp(`^ +listen ${port};$`, 'm'));
    }
  });

  it('publishes ports to this machine alone', () => {
    for (const [name, { ports = [] }] of containers) {
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:/)]);
    }
  });

  it('holds no secret', () => {
    for (const [name, { environment = {} }] of containers) {
      const secret = Object.keys(environment).filter(
        (key) => /PASS|SECRET|KEY|TOKEN/.test(key) && !key.endsWith('_FILE'),
      );
      expect([name, secret]).toEqual([name, []]);
      expect(JSON.stringify(environment)).not.toMatch(/:\/\/[^/"]*:[^/"]*@/);
    }
  });
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].map((match) => match[1]!.split(/\s+/));

  it('copies only what is there', () => {
    for (const path of copied.flatMap((words) => words.slice(0, -1))) {
      expect([path, existsSync(join(repositoryRoot, path))]).toEqual([path, true]);
    }
  });

  it('gives npm the manifest of every workspace, in its place', () => {
    const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, unknown> };
    const workspaces = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules'));
    expect(workspaces).toEqual(expect.arrayContaining(['libs/shared', 'services/referral', 'e2e']));
    for (const workspace of workspaces) {
      expect(copied).toContainEqual([`${workspace}/package.json`, `${workspace}/`]);
    }
  });

  it('runs nothing as root', () => {
    const stages = dockerfile.split(/^FROM /m).slice(1);
    const final = stages.filter((stage) => /^CMD /m.test(stage));
    expect(final).toHaveLength(2);
    for (const stage of final) expect(stage).toMatch(/^USER node$/m);
  });
});

describe('a service, started as compose starts it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-compose-'));

  beforeAll(() => writeSecrets(folder, JSON.parse(text('deploy/rabbitmq/definitions.json')) as Definitions));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts it with the environment and the command of its container, on a free port, with no broker or database to be found. */
  async function run(
    name: string,
    more: Record<string, string> = {},
  ): Promise<{ code: number | null; output: string }> {
    const { environment, command } = compose.services[name]!;
    const [program, ...args] = command!.map((word) => word.replace('/secrets/', `${folder}/${name}/`));
    expect(program).toBe('node');
    const child = spawn(process.execPath, args, {
      cwd: join(repositoryRoot, 'services', name),
      env: { PATH: process.env['PATH'], ...environment, HOST: '127.0.0.1', PORT: '0', ...more },
    });
    let output = '';
    const gather = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('"msg":"ready"') && !child.killed) child.kill('SIGTERM');
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(late);
    return { code, output };
  }

  it.each(serviceNames)(
    '%s has all that it needs to come up, and ends in order',
    async (name) => {
      const { code, output } = await run(name);
      expect(output).toContain('"msg":"ready"');
      expect(code).toBe(0);
    },
    90_000,
  );

  it('is refused, with the name of the variable, when one is missing', async () => {
    const { code, output } = await run('referral', { MONGODB_URL: '' });
    expect(output).toMatch(/^referral: MONGODB_URL is missing/m);
    expect(code).toBe(78);
  }, 90_000);
});
