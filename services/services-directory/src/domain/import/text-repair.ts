/** Windows-1252 as the WHATWG encoding standard has it: every byte has a character, so that it can be turned back. */
const windows1252 = new TextDecoder('windows-1252');
const utf8 = new TextDecoder('utf-8', { fatal: true });

const byteOf = new Map(
  Array.from({ length: 256 }, (_, byte) => [windows1252.decode(Uint8Array.of(byte)), byte] as const),
);

/** Decodes a cell: UTF-8 where the bytes are, else Windows-1252, which is what such files are otherwise written in. */
export function decodeCell(bytes: Uint8Array): { text: string; legacy: boolean } {
  try {
    return { text: utf8.decode(bytes), legacy: false };
  } catch {
    return { text: windows1252.decode(bytes), legacy: true };
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
