import { collectDefaultMetrics, Counter, Gauge, Histogram, register, Registry } from 'prom-client';

/** 1 ms to 10 s: below is noise of the process, above is a client that has given up. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * The metrics of one service, in a registry of its own so that several services can live in one process (tests).
 *
 * Label values must come from a small closed set (route templates, status codes, queue names), never from a request:
 * a label is a place where personal data would stay for months.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #httpSeconds: Histogram;
  readonly #httpInFlight: Gauge;

  constructor() {
    // memory, event loop, garbage collection and CPU belong to the process, so they are collected once in it
    if (register.getSingleMetric('process_cpu_user_seconds_total') === undefined) {
      collectDefaultMetrics();
    }
    this.#httpSeconds = this.histogram('http_request_duration_seconds', 'Duration of HTTP requests in seconds', [
      'method',
      'route',
      'status',
    ]);
    this.#httpInFlight = this.gauge('http_requests_in_flight', 'HTTP requests being answered');
  }

  /** All metrics in the Prometheus text format: of this service, and those of the process (prom-client's own registry). */
  async text(): Promise<{ contentType: string; body: string }> {
    return {
      contentType: this.registry.contentType,
      body: await Registry.merge([this.registry, register]).metrics(),
    };
  }

  /** A counter, made at first use and found again by name later. */
  counter(name: string, help: string, labelNames: string[] = []): Counter {
    const known = this.registry.getSingleMetric(name);
    return known instanceof Counter ? known : new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A gauge; with `collect` it is read at each scrape. */
  gauge(
    name: string,
    help: string,
    labelNames: string[] = [],
    collect?: (gauge: Gauge) => void | Promise<void>,
  ): Gauge {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Gauge) {
      return known;
    }
    return new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect && {
        collect(this: Gauge) {
          return collect(this);
        },
      }),
    });
  }

  /** A histogram of seconds. */
  histogram(name: string, help: string, labelNames: string[] = [], buckets: number[] = SECONDS): Histogram {
    const known = this.registry.getSingleMetric(name);
    return known instanceof Histogram
      ? known
      : new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  httpStarted(): void {
    this.#httpInFlight.inc();
  }

  /** `route` is the template ("/v1/referrals/:id"), or "unmatched"; `seconds` the time until the answer was sent. */
  httpFinished(request: { method: string; route: string; status: number; seconds: number }): void {
    this.#httpInFlight.dec();
    this.#httpSeconds.observe(
      { method: request.method, route: request.route, status: String(request.status) },
      request.seconds,
    );
  }
}
