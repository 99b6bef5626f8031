import { spanOf, traceIdOf } from './trace-context.js';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

describe('a span', () => {
  it('belongs to the trace of its parent, with its flags and an id of its own', () => {
    const span = spanOf(PARENT);
    expect(span).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
    expect(span).not.toBe(PARENT);
    expect(traceIdOf(span)).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it.each([undefined, '', 'a name', PARENT.toUpperCase(), `${PARENT}-more`, PARENT.replace(/4bf\w+/, '0'.repeat(32))])(
    'begins a trace where %p names none',
    (parent) => {
      const [first, second] = [spanOf(parent), spanOf(parent)];
      expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(traceIdOf(first)).not.toBe(traceIdOf(second));
    },
  );
});
