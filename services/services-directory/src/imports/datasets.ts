import { derivedId } from '@throughline/shared/persistence';
import type { HsdsTaxonomyTerm } from '../domain/hsds.js';

/** A dataset that comes with this service, in HSDS 1.1 CSV files. Provenance and licences: `data/README.md`. */
export interface BundledDataset {
  name: string;
  folder: URL;
  /** What the dataset as a whole is about, where its files do not say so. */
  commonTerms: readonly HsdsTaxonomyTerm[];
}

const folder = (name: string): URL => new URL(`../../data/${name}/`, import.meta.url);

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

export const BUNDLED_DATASETS: Record<DatasetName, BundledDataset> = {
  ilao: { name: 'ilao', folder: folder('ilao'), commonTerms: [LEGAL] },
  'hsds-sample': { name: 'hsds-sample', folder: folder('hsds-sample'), commonTerms: [] },
};
