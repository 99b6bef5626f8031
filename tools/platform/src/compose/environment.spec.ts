import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonConfig } from '@throughline/shared/http';
import { parse } from 'yaml';
import { repositoryRoot } from '../infrastructure/repository.js';
import { loadKeys, secretsFor, serviceNames, type ServiceName } from '../start/services.js';

const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, { environment: Record<string, string> }>;
};
const common = Object.keys(commonConfig.shape);

/** The variables that a service reads besides the common ones, as its `config.ts` declares them. */
async function ownVariables(name: ServiceName): Promise<string[]> {
  const exported = (await import(join(repositoryRoot, 'services', name, 'dist/config.js'))) as Record<
    string,
    { shape?: Record<string, unknown> }
  >;
  const schema = Object.values(exported).find(({ shape }) => shape);
  return Object.keys(schema!.shape!);
}

describe('the environment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-environment-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(serviceNames)('of %s stands in its README, each variable by name', async (name) => {
    const readme = text(`services/${name}/README.md`);
    for (const variable of await ownVariables(name))
      expect([variable, readme.includes(`\`${variable}\``)]).toEqual([variable, true]);
  });

  it.each(serviceNames)('of %s in compose has nothing that it does not read', async (name) => {
    const read = new Set([...common, ...(await ownVariables(name))]);
    const given = [
      ...Object.keys(compose.services[name]!.environment),
      ...Object.keys(secretsFor(name, await loadKeys(folder))),
    ];
    expect(given.filter((variable) => !read.has(variable))).toEqual([]);
  });

  it('gives the zone of the site, one and the same, to each service that reads it', async () => {
    const zones = [];
    for (const name of serviceNames)
      if ((await ownVariables(name)).includes('SITE_TIME_ZONE'))
        zones.push(compose.services[name]!.environment['SITE_TIME_ZONE']);
    expect(zones.length).toBeGreaterThan(1);
    expect(new Set(zones)).toEqual(new Set([expect.stringMatching(/^\w+\/\w+$/)]));
  });

  it('that all services share is told once, with each variable', () => {
    const told = text('services/referral/README.md');
    for (const variable of common) expect([variable, told.includes(`\`${variable}\``)]).toEqual([variable, true]);
  });
});
