/** Types whose values always take as many bytes, after that number. */
const TYPES_BY_WIDTH = [
  [0, 6, 10, 127, 255],
  [1, 8],
  [4, 16],
  [8, 1, 9, 17, 18],
  [12, 7],
  [16, 19],
] as const;

/** How many bytes a value of a BSON type takes, where all of them take as many. */
export const FIXED_WIDTHS = new Map(
  TYPES_BY_WIDTH.flatMap(([width, ...types]) => types.map((type): [number, number] => [type, width])),
);
