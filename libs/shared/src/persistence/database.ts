import { setTimeout as pause } from 'node:timers/promises';
import { Logger, type OnModuleInit } from '@nestjs/common';
import mongoose, { type Connection, type Model, type Schema } from 'mongoose';
import { failOnClosingSockets } from './closing-sockets.js';
import { isDatabaseUnavailable } from './database-errors.js';

/** A statement gives up after this long without a server, in milliseconds: the caller gets a 503 and asks again. */
const SERVER_SELECTION_TIMEOUT = 2_000;
const RECONNECT_DELAY = 1_000;

/**
 * The one database of a service. It connects in the background and again after every loss, so that a service starts,
 * says that it is not ready, and becomes ready by itself. Acknowledged means written by a majority and journalled.
 */
export class Database implements OnModuleInit {
  private readonly logger = new Logger(Database.name);
  private readonly connection: Connection = mongoose.createConnection();
  private closing = false;
  private indexed = false;
  private started?: Promise<void>;
  private wake: () => void = () => undefined;

  /** @param uri MongoDB connection string that names the database */
  constructor(private readonly uri: string) {
    failOnClosingSockets();
  }

  /** Registers a model. Its indexes are made as soon as the database is there. */
  model<T>(name: string, schema: Schema<T>, collection: string): Model<T> {
    return (this.connection.models[name] as Model<T> | undefined) ?? this.connection.model<T>(name, schema, collection);
  }

  onModuleInit(): void {
    this.started = this.connect();
  }

  /** Answers whether a statement would be carried out now: connected, indexes built, server answering. */
  async isReady(): Promise<boolean> {
    if (!this.indexed || !this.connection.db) return false;
    const over = new AbortController();
    try {
      // the driver has no time limit of its own for a server that is connected and says nothing
      return await Promise.race([
        this.connection.db.command({ ping: 1 }).then(() => true),
        pause(SERVER_SELECTION_TIMEOUT, false, over),
      ]);
    } catch {
      return false;
    } finally {
      over.abort();
    }
  }

  /** To be called last of all: relay and consumers write until they have drained. */
  async close(): Promise<void> {
    this.closing = true;
    this.wake();
    await this.started;
    await this.connection.close();
  }

  private async connect(): Promise<void> {
    while (!this.closing && !this.indexed) {
      try {
        if (this.connection.readyState !== 1)
          await this.connection.openUri(this.uri, {
            autoIndex: false,
            bufferCommands: false,
            ignoreUndefined: true,
            serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT,
            connectTimeoutMS: SERVER_SELECTION_TIMEOUT,
            socketTimeoutMS: 30_000,
            writeConcern: { w: 'majority', journal: true },
          });
        for (const model of Object.values(this.connection.models)) await model.createIndexes();
        this.indexed = true;
      } catch (error) {
        if (!isDatabaseUnavailable(error)) this.logger.error({ msg: 'database-refused', error });
        else this.logger.warn({ msg: 'database-unavailable' });
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, RECONNECT_DELAY).unref();
        });
      }
    }
  }
}
