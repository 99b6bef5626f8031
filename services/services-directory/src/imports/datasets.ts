import { derivedId } from '@throughline/shared/persistence';
import type { HsdsTaxonomyTerm } from '../domain/hsds.js';
import { openFolder, type Source } from './sources.js';

/** A dataset on its way into the directory. */
export interface Dataset {
  name: string;
  open: () => Promise<Source>;
  /** What the dataset as a whole is about, where its files do not say so. */
  commonTerms: readonly HsdsTaxonomyTerm[];
}

/** The CSV files of a dataset that comes with this service. Provenance and licences: `data/README.md`. */
const bundled = (name: string) => () => openFolder(new URL(`../../data/${name}/`, import.meta.url));

/** Open Eligibility, CC BY-SA 3.0, by Aunt Bertha, Inc. and Open Referral: the term 1111 is `Legal`. */
const LEGAL: HsdsTaxonomyTerm = {
  id: derivedId('hsds', 'open-eligibility', '1111'),
  code: '1111',
  name: 'Legal',
  description: 'Legal help, from advice to representation',
  taxonomy: 'Open Eligibility',
  taxonomy_detail: {
    id: derivedId('hsds', 'open-eligibility'),
    name: 'Open Eligibility',
    description: 'A simple taxonomy of human services and human situations',
    uri: 'http://openeligibility.org',
  },
};

export const DATASET_NAMES = ['ilao', 'hsds-sample'] as const;
export type DatasetName = (typeof DATASET_NAMES)[number];

export const BUNDLED_DATASETS: Record<DatasetName, Dataset> = {
  ilao: { name: 'ilao', open: bundled('ilao'), commonTerms: [LEGAL] },
  'hsds-sample': { name: 'hsds-sample', open: bundled('hsds-sample'), commonTerms: [] },
};
