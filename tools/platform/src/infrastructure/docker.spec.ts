import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeImage, dockerAnswers } from './docker.js';

describe('the search for Docker', () => {
  it('finds an engine that answers on the socket of DOCKER_HOST', async () => {
    const socket = join(mkdtempSync(join(tmpdir(), 'throughline-docker-')), 'docker.sock');
    const engine = createServer((request, response) => response.writeHead(request.url === '/_ping' ? 200 : 404).end());
    engine.listen(socket);
    await once(engine, 'listening');
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(true);
    engine.close();
    await once(engine, 'close');
    expect(await dockerAnswers({ DOCKER_HOST: `unix://${socket}` })).toBe(false);
  });

  it('gives up within a second on an engine that accepts and never answers', async () => {
    const engine = createServer(() => undefined);
    engine.listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const began = Date.now();
    const { port } = engine.address() as { port: number };
    expect(await dockerAnswers({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })).toBe(false);
    expect(Date.now() - began).toBeLessThan(1_000);
    engine.closeAllConnections();
    engine.close();
  });
});

it('uses the images of docker-compose.yml', () => {
  expect(composeImage('mongodb')).toMatch(/^mongo:\d/);
  expect(composeImage('rabbitmq')).toMatch(/^rabbitmq:\d.*-management$/);
  expect(() => composeImage('referral-database')).toThrow('docker-compose.yml names no image for referral-database.');
});
