import { join } from 'node:path';
import { freePorts, ManagedProcess, until } from '@throughline/platform';

/** A replica of a service as its own process, which is started again when it dies, as an orchestrator would do. */
export class ServiceProcess {
  private constructor(
    readonly url: string,
    private readonly process: ManagedProcess,
  ) {}

  /** How often it ended although nobody asked it to. */
  deaths = 0;
  /** Whether it was asked to leave. */
  isStopped = false;

  /**
   * Starts a compiled service and waits until it is ready.
   * @param entry compiled main file, from the root of the repository
   * @param fault environment of the first start alone, for a fault or a planted mistake
   */
  static async start(
    name: string,
    entry: string,
    env: Record<string, string>,
    runDir: string,
    fault: Record<string, string> = {},
  ): Promise<ServiceProcess> {
    const [port] = await freePorts(1);
    const process = new ManagedProcess({
      name,
      command: globalThis.process.execPath,
      args: ['--enable-source-maps', join(import.meta.dirname, '../../..', entry)],
      env: { PATH: globalThis.process.env['PATH'], ...env, PORT: String(port), LOG_LEVEL: 'info' },
      runDir,
    });
    const service = new ServiceProcess(`http://127.0.0.1:${port}`, process);
    await process.start(fault);
    void service.startAgainWheneverItDies();
    await service.ready();
    return service;
  }

  get logFile(): string {
    return this.process.logFile;
  }

  async ready(): Promise<void> {
    await until(
      async () => {
        const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
        const body = await response.text();
        // Up means that its queues are bound: what is published before that is nobody's.
        if (!response.ok || !body.includes('"broker":"up"')) throw new Error(body);
      },
      { withinMs: 60_000, what: `${this.process.name} is ready` },
    );
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  /** Whether it drained by itself within its grace. */
  async stop(): Promise<boolean> {
    this.isStopped = true;
    return this.process.stop();
  }

  private async startAgainWheneverItDies(): Promise<void> {
    while (!this.isStopped) {
      await this.process.exited;
      if (this.isStopped) return;
      this.deaths += 1;
      await until(() => this.process.start(), { withinMs: 30_000, what: `${this.process.name} starts again` });
    }
  }
}
