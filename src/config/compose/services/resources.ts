/** Networks and volumes of a Compose project in the words of the system. */
import type { Network, Volume } from '../../../container.js';
import type { ComposeNetwork, ComposeProject, ComposeVolume } from '../project/canonical.js';

export function networksOf({ name, networks = {} }: ComposeProject): Map<string, Network> {
  return new Map(Object.entries(networks).map(([key, network]) => [key, networkOf(network, `${name}_${key}`)]));
}

export function volumesOf({ name, volumes = {} }: ComposeProject): Map<string, Volume> {
  return new Map(Object.entries(volumes).map(([key, volume]) => [key, volumeOf(volume, `${name}_${key}`)]));
}

/** @param usual The name that it gets without one of its own: then the system's name is put before it. */
function networkOf(network: ComposeNetwork, usual: string): Network {
  const ipam = network.ipam as {
    readonly driver?: string;
    readonly config?: readonly {
      readonly subnet?: string;
      readonly gateway?: string;
      readonly ip_range?: string;
      readonly aux_addresses?: Readonly<Record<string, string>>;
    }[];
  };
  return {
    name: network.name === usual ? undefined : network.name,
    external: network.external ?? false,
    driver: network.driver,
    driverOptions: { ...network.driver_opts },
    internal: network.internal ?? false,
    attachable: network.attachable ?? false,
    ipv6: network.enable_ipv6 ?? false,
    ipam: {
      driver: ipam.driver,
      pools: (ipam.config ?? []).map(({ subnet, gateway, ip_range, aux_addresses }) => ({
        subnet,
        gateway,
        ipRange: ip_range,
        auxAddresses: { ...aux_addresses },
      })),
    },
    labels: { ...network.labels },
  };
}

function volumeOf(volume: ComposeVolume, usual: string): Volume {
  return {
    name: volume.name === usual ? undefined : volume.name,
    external: volume.external ?? false,
    driver: volume.driver,
    driverOptions: { ...volume.driver_opts },
    labels: { ...volume.labels },
  };
}
