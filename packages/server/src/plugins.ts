import type { FastifyInstance } from 'fastify';
import type { MagpieError } from '@magpie/protocol';
import type { Composition } from './compose.ts';

export interface PluginContext extends Composition {
  readonly onInternal: (error: MagpieError, operation: string) => void;
}

/** The vendors' own paths. */
export async function mountPlugins(_http: FastifyInstance, _context: PluginContext): Promise<void> {}
