import type { INestApplicationContext, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { EventPublisher, EventsTransport, type BrokerConnection } from '../messaging/index.js';
import { Database } from '../persistence/index.js';

/** The one provider of that class, in whichever module it is, or undefined in a service that does not use it. */
export function findProvider<T>(app: INestApplicationContext, type: Type<T>): T | undefined {
  for (const module of app.get(ModulesContainer).values()) {
    const instance: unknown = module.providers.get(type)?.instance;
    if (instance instanceof type) {
      return instance;
    }
  }
  return undefined;
}

/** What the service depends on, and whether it can be used at the moment; absent where the service does not use it. */
export async function dependenciesOf(app: INestApplicationContext): Promise<{ database?: boolean; broker?: boolean }> {
  const database = findProvider(app, Database);
  const publisher = findProvider(app, EventPublisher);
  const transport = findProvider(app, EventsTransport);
  return {
    ...(database && { database: await database.isReady() }),
    ...(transport && { broker: transport.unwrap<BrokerConnection>().isOpen && publisher?.isOpen === true }),
  };
}
