import type { FastifyInstance } from 'fastify';
import type { MagpieError } from '@magpie/protocol';
import type { Composition } from './compose.ts';
import { mountWebim } from './webim.ts';

export interface PluginContext extends Composition {
  readonly onInternal: (error: MagpieError, operation: string) => void;
}

/** The vendors' own paths. */
export async function mountPlugins(http: FastifyInstance, context: PluginContext): Promise<void> {
  await mountWebim(http, context);
}
