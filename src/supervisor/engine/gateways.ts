/** Tells where containers look for this machine: the addresses of its bridges. */
import type { Engine } from './engine.js';

/** The network whose gateway `host-gateway` stands for. */
const DEFAULT_NETWORK = 'bridge';

/** What `host-gateway` stands for; undefined: the engine is elsewhere, or has none. */
export async function hostGateway(engine: Engine): Promise<string | undefined> {
  const common = engine.isLocal ? await engine.network(DEFAULT_NETWORK) : undefined;
  return common?.driver === 'bridge' ? common.gateways[0] : undefined;
}

/** The gateways of the default bridge and of the bridges with these labels; none where the engine is elsewhere. */
export async function gatewaysOf(engine: Engine, labels: readonly string[]): Promise<readonly string[]> {
  if (!engine.isLocal) return [];
  const [common, own] = await Promise.all([engine.network(DEFAULT_NETWORK), engine.networks(labels)]);
  // The gateway of any other kind of network may be a machine of its own, or an address that others reach.
  const bridges = [...(common ? [common] : []), ...own].filter(({ driver }) => driver === 'bridge');
  return [...new Set(bridges.flatMap(({ gateways }) => gateways))];
}
