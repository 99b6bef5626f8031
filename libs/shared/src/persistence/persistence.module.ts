import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from './database.js';
import { EventLog } from './event-log.js';
import { OutboxRegistry } from './outbox-registry.js';

/** The database of a service, its event log and the registry of its outboxes. */
@Module({})
export class PersistenceModule {
  /**
   * @param options.uri MongoDB connection string that names the database
   * @param options.service name of the service, for example `referral`; its events come from `/referral`
   */
  static forRoot({ uri, service }: { uri: string; service: string }): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => new Database(uri) },
        { provide: OutboxRegistry, useFactory: () => new OutboxRegistry(`/${service}`) },
        { provide: EventLog, useFactory: (database: Database) => new EventLog(database), inject: [Database] },
      ],
      exports: [Database, OutboxRegistry, EventLog],
    };
  }
}
