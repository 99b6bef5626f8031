import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@throughline/shared/openapi';
import type { FastifyReply } from 'fastify';
import { Public } from '@throughline/shared/auth';

/** Nothing but our own files, no inline script or style, no form, no frame, and nobody else is contacted. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const file = (name: string): string => readFileSync(new URL(`../../public/${name}`, import.meta.url), 'utf8');

/**
 * The page that shows the funnel. It holds no data and is open to everybody; its script asks for a token and reads the
 * report with it.
 */
@ApiExcludeController()
@Public()
@Controller('reports')
export class FunnelPageController {
  private readonly page = file('funnel.html');
  private readonly scripts = { page: file('funnel.js'), chart: file('funnel-chart.js') };
  private readonly style = file('funnel.css');

  @Get('funnel')
  show(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('text/html; charset=utf-8').headers({
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    return this.page;
  }

  @Get('funnel.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return this.scripts.page;
  }

  @Get('funnel-chart.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  chart(): string {
    return this.scripts.chart;
  }

  @Get('funnel.css')
  @Header('content-type', 'text/css; charset=utf-8')
  css(): string {
    return this.style;
  }
}
