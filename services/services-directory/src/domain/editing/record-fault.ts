/** Something that is wrong with a record: where, as the path of fields and places, and what. */
export interface RecordFault {
  path: readonly (string | number)[];
  detail: string;
}
