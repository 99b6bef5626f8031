import fc from 'fast-check';
import { decodeCell, undoWrongDecoding } from './text-repair.js';

describe('undoWrongDecoding', () => {
  it.each([
    ['Donâ€™t', 'Don’t'],
    ['CafÃ©', 'Café'],
    ['PeÃ±a â€“ â€œlegalâ€\u009d aid', 'Peña – “legal” aid'],
    ['â‚¬ 5', '€ 5'],
    ['CafÃƒÂ©', 'Café'],
    ['DonÃ¢â‚¬â„¢t', 'Don’t'],
  ])('%s was %s', (wrong, right) => {
    expect(undoWrongDecoding(wrong)).toBe(right);
  });

  it.each(['Don’t', 'Café', 'ÃO PAULO', 'Ã', 'â€ is how it begins', 'À côté', 'Ça va – très bien'])(
    'leaves %s as it is',
    (text) => {
      expect(undoWrongDecoding(text)).toBe(text);
    },
  );

  it('never touches plain ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(undoWrongDecoding(text)).toBe(text);
      }),
    );
  });
});

describe('decodeCell', () => {
  it('reads UTF-8, and anything else as Windows-1252', () => {
    expect(decodeCell(Buffer.from('Peña'))).toEqual({ text: 'Peña', legacy: false });
    expect(decodeCell(Uint8Array.of(0x50, 0xe9, 0x92))).toEqual({ text: 'Pé’', legacy: true });
  });
});
