/** Where a piece of infrastructure came from, in the order in which the launcher looks. */
export type Source = 'environment' | 'docker' | 'program' | 'embedded engine';

/** A broker or a database that is up, and how to stop, break and mend it. */
export interface Running {
  readonly source: Source;
  /** For people: what it is and where, without credentials. */
  readonly description: string;
  /** Finishes work in hand and ends it; the data stays. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data, after stopping it if it still runs; resolves when it answers. */
  restart(): Promise<void>;
  /** Freezes it: connections stay open, nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Resolves, with how it came, when it ends or has ended. Never for what is not a process of ours. */
  ended(): Promise<string>;
}

export interface Broker extends Running {
  readonly amqpUrl: string;
  /** Base address of the management API with credentials: `http://user:password@127.0.0.1:15672`. */
  readonly managementUrl: string;
}

export interface Database extends Running {
  /** Connection string without a database name. */
  readonly mongodbUrl: string;
}

export interface InfrastructureOptions {
  /** Folder for data, logs, ports and pids of what is started here. */
  dataDir: string;
  /** Environment to look in; `{}` makes sure that a private one is started. */
  env?: NodeJS.ProcessEnv;
  /** Tells people what is going on, one line at a time. */
  say: (line: string) => void;
  /** Whether data outlives `stop` also where it lives in Docker volumes. Default false. */
  keepDockerVolumes?: boolean;
}
