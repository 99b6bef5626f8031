import { compilePattern } from './pattern.js';

describe('a pattern', () => {
  it.each<[string, string, string, boolean]>([
    ['abc$', '', 'abc\n', true],
    ['abc$', '', 'abc\n\n', false],
    ['^b', 'm', 'a\nb', true],
    ['^b', 'm', 'a\rb', false],
    ['a$', 'm', 'a\nb', true],
    ['a.b', '', 'a\rb', true],
    ['a.b', '', 'a\nb', false],
    ['a.b', 's', 'a\nb', true],
    ['^.$', '', '😀', true],
    ['a b # text\n c', 'x', 'abc', true],
    ['(?i)ABC', '', 'xabc', true],
    ['[$.^]', '', '.', true],
    ['a\\-b', '', 'a-b', true],
    ['É', 'i', 'é', true],
  ])('/%s/%s on %j: %s', (source, flags, text, expected) => {
    expect(compilePattern(source, flags).test(text)).toBe(expected);
  });

  it.each([
    ['a++', '', 238],
    ['(?>a)', '', 238],
    ['\\Aa', '', 238],
    ['(', '', 51091],
    ['a', 'q', 51108],
  ])('/%s/%s is refused with code %s', (source, flags, code) => {
    expect(() => compilePattern(source, flags)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
