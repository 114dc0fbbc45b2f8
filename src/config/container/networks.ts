/** Networks and named volumes, and how a container is in a network, from Compose's long forms. */
import type { Network, NetworkUse, Volume } from '../../container.js';
import type { ComposeAttachment, ComposeNetwork, ComposeVolume } from '../compose/project/canonical.js';

export function networkUseOf(network: string, said: ComposeAttachment | null): NetworkUse {
  return {
    network,
    aliases: said?.aliases ?? [],
    ipv4: said?.ipv4_address,
    ipv6: said?.ipv6_address,
    mac: said?.mac_address,
    priority: said?.priority ?? 0,
  };
}

/** What a file says of a network; in a Compose project `name` is always filled in. */
export function networkOf(key: string, said: Partial<Loose<ComposeNetwork>>): Network {
  const ipam = said.ipam as Ipam | undefined;
  return {
    ...outside(key, said),
    driver: said.driver,
    driverOptions: { ...said.driver_opts },
    internal: said.internal ?? false,
    attachable: said.attachable ?? false,
    ipv6: said.enable_ipv6 ?? false,
    ipam: {
      driver: ipam?.driver,
      pools: (ipam?.config ?? []).map(pool => ({
        subnet: pool.subnet,
        gateway: pool.gateway,
        ipRange: pool.ip_range,
        auxAddresses: { ...pool.aux_addresses },
      })),
    },
    labels: { ...said.labels },
  };
}

export function volumeOf(key: string, said: Partial<Loose<ComposeVolume>>): Volume {
  return {
    ...outside(key, said),
    driver: said.driver,
    driverOptions: { ...said.driver_opts },
    labels: { ...said.labels },
  };
}

/** `external: {name}` is the old form. */
type Loose<T> = Omit<T, 'external'> & { readonly external?: boolean | { readonly name?: string } };

/** An external one is called as its key, unless it says otherwise. */
function outside(key: string, { name, external }: { name?: string; external?: boolean | { readonly name?: string } }) {
  const isExternal = external !== undefined && external !== false;
  const old = typeof external === 'object' ? external.name : undefined;
  return { name: name ?? old ?? (isExternal ? key : undefined), external: isExternal };
}

interface Ipam {
  readonly driver?: string;
  readonly config?: readonly {
    readonly subnet?: string;
    readonly gateway?: string;
    readonly ip_range?: string;
    readonly aux_addresses?: Readonly<Record<string, string>>;
  }[];
}
