import { readFault, reach } from './fault-points.js';

it('reads a point, a signal and a count', () => {
  expect(readFault('C5:SIGKILL@3')).toEqual({ point: 'C5', signal: 'SIGKILL', remaining: 3 });
  expect(readFault(undefined)).toBeUndefined();
});

it.each(['C8:SIGKILL@1', 'C1:SIGTERM@1', 'C1:SIGKILL@0', 'C1'])('refuses %s', (text) => {
  expect(() => readFault(text)).toThrow(TypeError);
});

it('does nothing without the environment', () => {
  expect(() => reach('C1')).not.toThrow();
});
