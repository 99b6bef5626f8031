/** One number out of a cell. */
export interface PhoneNumber {
  number: string;
  extension?: number;
}

const SEPARATOR = /\s*;\s*|\s*\/\s*|\s+or\s+/i;
const EXTENSION = /^(.*?)[\s,]*(?:\bext(?:ension)?\b\.?|\bx)\s*(\d{1,9})$/i;

const digits = (text: string): number => text.replace(/\D/g, '').length;

/**
 * Reads the numbers of a phone cell. Two numbers in one cell become two, an extension is taken out; vanity numbers
 * (`1-800-LAW-REP-4`) stay as they are, since people dial them so. Empty when there is no number (`no phone`).
 */
export function readPhoneNumbers(text: string): PhoneNumber[] {
  const pieces = text.split(SEPARATOR).filter((piece) => piece !== '');
  const several = pieces.length > 1 && pieces.every((piece) => digits(piece) >= 7);
  return (several ? pieces : [text]).flatMap((piece) => {
    const match = EXTENSION.exec(piece.trim());
    const number = (match?.[1] ?? piece).trim();
    if (digits(number) < 3) return [];
    return [{ number, ...(match ? { extension: Number(match[2]) } : {}) }];
  });
}
