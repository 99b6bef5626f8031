import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '../persistence/index.js';
import { KeyEncryptionKeys } from './key-encryption-keys.js';
import { PersonKeysController } from './person-keys.controller.js';
import { PersonKeys } from './person-keys.js';

/** The keys of people, for services that keep personal data. Needs `PersistenceModule`. */
@Module({})
export class PersonalDataModule {
  /** @param keys the key-encryption keys, as in the environment */
  static forRoot(keys: string): DynamicModule {
    return {
      module: PersonalDataModule,
      global: true,
      controllers: [PersonKeysController],
      providers: [
        {
          provide: PersonKeys,
          useFactory: (database: Database) => new PersonKeys(database, new KeyEncryptionKeys(keys)),
          inject: [Database],
        },
      ],
      exports: [PersonKeys],
    };
  }
}
