export { keyEncryptionKeys, KeyEncryptionKeys } from './key-encryption-keys.js';
export { PersonKey } from './person-key.js';
export { PersonKeys, type Erasure } from './person-keys.js';
export { PersonalDataModule } from './personal-data.module.js';
