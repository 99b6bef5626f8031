/**
 * The weights of the probabilistic comparison (I. Fellegi, A. Sunter, "A Theory for Record Linkage", JASA 64, 1969):
 * for each way in which a field can agree or not, `m` is how often it does in two records of one person, `u` how often
 * in records of two people. The weight is log2(m / u): bits of evidence, added up over the fields. Both are
 * estimates of ours for the United States; the threshold was set on a labelled set.
 */
interface Frequencies {
  m: number;
  u: number;
  /** Said to the human who decides. */
  sentence: string;
}

const FREQUENCIES = {
  'family-same': { m: 0.78, u: 0.001, sentence: 'The family names are the same.' },
  'family-part': { m: 0.05, u: 0.0008, sentence: 'One part of a compound family name is the same.' },
  'family-similar': { m: 0.08, u: 0.002, sentence: 'The family names differ by what may be a typing error.' },
  'family-sound': { m: 0.02, u: 0.004, sentence: 'The family names sound alike.' },
  'family-different': { m: 0.06, u: 0.99, sentence: 'The family names differ.' },
  'given-same': { m: 0.7, u: 0.008, sentence: 'The given names are the same.' },
  'given-nickname': { m: 0.1, u: 0.004, sentence: 'One given name is a short form of the other, or both of a third.' },
  'given-similar': { m: 0.08, u: 0.003, sentence: 'The given names differ by what may be a typing error.' },
  'given-sound': { m: 0.02, u: 0.004, sentence: 'The given names sound alike.' },
  'given-middle': { m: 0.02, u: 0.004, sentence: 'The given name of one is a middle name of the other.' },
  'given-initial': { m: 0.03, u: 0.006, sentence: 'One given name is an initial, which fits.' },
  'given-different': { m: 0.01, u: 0.96, sentence: 'The given names differ.' },
  'birth-same': { m: 0.88, u: 0.00005, sentence: 'The dates of birth are the same.' },
  'birth-swapped': { m: 0.02, u: 0.00002, sentence: 'Day and month of birth are swapped.' },
  'birth-digit': { m: 0.03, u: 0.003, sentence: 'The dates of birth differ by one digit.' },
  'birth-transposed': { m: 0.01, u: 0.0006, sentence: 'Two digits of the dates of birth are transposed.' },
  'birth-year': { m: 0.02, u: 0.0002, sentence: 'The dates of birth differ by one year.' },
  'birth-january': { m: 0.02, u: 0.0005, sentence: 'The years of birth agree, and one date is the first of January.' },
  'birth-two-parts': { m: 0.01, u: 0.006, sentence: 'Two of year, month and day of birth are the same.' },
  'birth-different': { m: 0.01, u: 0.99, sentence: 'The dates of birth differ.' },
  'phone-same': { m: 0.5, u: 0.0005, sentence: 'The telephone numbers are the same.' },
  'generation-different': { m: 0.02, u: 0.5, sentence: 'One is a junior where the other is not.' },
} as const satisfies Record<string, Frequencies>;

/**
 * What speaks against a pair beyond its fields, which are not independent in a family and in a mix-up. In bits.
 */
const CORRECTIONS = {
  'as-twins': { bits: -6, sentence: 'Family name and date of birth without the given name: so it is with twins.' },
  'through-alias': { bits: -1, sentence: 'A name agrees with an alias.' },
  'in-other-order': { bits: -1.5, sentence: 'Given and family name stand in the other order.' },
} as const;

export type ReasonCode = keyof typeof FREQUENCIES | keyof typeof CORRECTIONS;

/** One part of a score. */
export interface Reason {
  code: ReasonCode;
  /** Evidence in bits: for the same person above zero, against below. */
  bits: number;
  sentence: string;
}

const round = (bits: number): number => Math.round(bits * 10) / 10;

export const REASONS: Readonly<Record<ReasonCode, Reason>> = Object.fromEntries([
  ...Object.entries(FREQUENCIES).map(([code, { m, u, sentence }]) => [
    code,
    { code, bits: round(Math.log2(m / u)), sentence },
  ]),
  ...Object.entries(CORRECTIONS).map(([code, rest]) => [code, { code, ...rest }]),
]) as Record<ReasonCode, Reason>;
