import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { until } from '../infrastructure/deadline.js';
import { freePorts } from '../infrastructure/ports.js';
import { credentialsFile } from './credentials.js';
import { personas } from './personas.js';
import { startIdentityProvider } from './provider.js';
import { tokenFor } from './token.js';

const dataDir = mkdtempSync(join(tmpdir(), 'throughline-identity-'));
let issuer: string;
let stop: () => Promise<void>;

async function start(): Promise<void> {
  const port = Number(new URL(issuer).port);
  stop = await startIdentityProvider({ issuer, host: '127.0.0.1', port, dataDir });
}

beforeAll(async () => {
  // oidc-provider warns of what this one is: made for development, and forgetful.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  issuer = `http://127.0.0.1:${(await freePorts(1))[0]}`;
  await start();
});

afterAll(async () => {
  await stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const verified = async (token: string) => {
  const { jwks_uri } = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string;
  };
  return jwtVerify(token, createRemoteJWKSet(new URL(jwks_uri)), {
    issuer,
    audience: 'throughline',
    algorithms: ['ES256'],
  });
};

describe('a token of the local identity provider', () => {
  it.each(personas.map((persona) => [persona.name, persona] as const))('says who %s is', async (name, persona) => {
    const { payload } = await verified(await tokenFor(name, issuer));
    expect(payload).toMatchObject({ sub: `persona:${name}`, roles: persona.roles });
    expect(payload['agency']).toBe(persona.agency);
    expect(payload['organization']).toBe(persona.organization);
    expect(payload.exp! - payload.iat!).toBe(3600);
  });

  it('stays valid when the provider is restarted on its data', async () => {
    const token = await tokenFor('officer', issuer);
    await stop();
    await start();
    // A connection that fetch kept open to the old process may fail once.
    const { payload } = await until(() => verified(token), { withinMs: 5_000, what: 'the token is verified' });
    expect(payload.sub).toBe('persona:officer');
  });

  it('is not given for a wrong secret', async () => {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'persona:admin',
        client_secret: 'guessed',
      }),
    });
    expect(response.status).toBe(401);
  });
});

it('has every role of the platform, and two of those that must not see each other', () => {
  const roles = personas.flatMap((persona) => persona.roles);
  const count = (role: string) => roles.filter((each) => each === role).length;
  for (const role of ['supervisor', 'prosecutor', 'coordinator', 'analyst', 'auditor', 'integrator', 'admin']) {
    expect([role, count(role)]).toEqual([role, 1]);
  }
  for (const role of ['officer', 'case-manager', 'provider']) expect([role, count(role)]).toEqual([role, 2]);
});

it('keeps keys and secrets readable by their owner alone', () => {
  expect(statSync(credentialsFile(dataDir)).mode & 0o777).toBe(0o600);
});

describe('what stands in the way of a token is a message', () => {
  it('an unknown persona, with those that are there', async () => {
    await expect(tokenFor('mayor', issuer)).rejects.toThrow(/^There is no persona "mayor"\. .*officer, officer-2, /);
  });

  it('no platform on these ports', async () => {
    const [port] = await freePorts(1);
    await expect(tokenFor('officer', `http://127.0.0.1:${port}`)).rejects.toThrow(
      /^No platform answers at .*ECONNREFUSED.*npm start/,
    );
  });

  it('another program on these ports', async () => {
    const other = createServer((_, response) => response.end('{}'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(tokenFor('officer', `http://127.0.0.1:${port}`)).rejects.toThrow(/is not the local identity provider/);
    other.close();
    other.closeAllConnections();
  });
});
