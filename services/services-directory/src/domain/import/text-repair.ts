/**
 * The characters of the bytes 0x80 to 0x9f in Windows-1252, as the WHATWG encoding standard has them. They stand here
 * because Node's own decoder of that name reads these bytes as ISO 8859-1.
 */
const C1 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const characters = Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 && byte <= 0x9f ? C1.charAt(byte - 0x80) : String.fromCharCode(byte),
);
const byteOf = new Map(characters.map((character, byte) => [character, byte] as const));
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a cell: UTF-8 where the bytes are, else Windows-1252, which is what such files are otherwise written in. */
export function decodeCell(bytes: Uint8Array): { text: string; legacy: boolean } {
  try {
    return { text: utf8.decode(bytes), legacy: false };
  } catch {
    return { text: Array.from(bytes, (byte) => characters[byte]).join(''), legacy: true };
  }
}

/** The lead bytes of two- and three-byte UTF-8, seen as Windows-1252, before something that can be a continuation. */
const SUSPICIOUS = /[\u00c2-\u00ef][^\x00-\x7f]/;

/**
 * Undoes UTF-8 that was read as Windows-1252 and saved again (`Donâ€™t` for `Don’t`), once or twice over.
 * A text in which not every character fits that story is left as it is.
 */
export function undoWrongDecoding(text: string): string {
  let current = text;
  for (let round = 0; round < 2 && SUSPICIOUS.test(current); round += 1) {
    const bytes: number[] = [];
    for (const character of current) {
      const byte = byteOf.get(character);
      if (byte === undefined) return current;
      bytes.push(byte);
    }
    try {
      current = utf8.decode(Uint8Array.from(bytes));
    } catch {
      return current;
    }
  }
  return current;
}
