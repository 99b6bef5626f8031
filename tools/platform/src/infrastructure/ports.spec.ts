import { freePorts, isFree } from './ports.js';

describe('free ports', () => {
  it('differ, and are none that an outgoing connection may be given', async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port).toBeLessThan(32_768);
    expect(await isFree(ports[0]!)).toBe(true);
  });
});
