/** Keys of containers: how they find others, and are found. */
import { containerKey } from './container-key.js';

export const CONTAINER_NETWORK_KEYS = [
  containerKey('networks', 'networks', {
    global: true,
    default: "the system's default network",
    summary:
      'In a service, the networks it is in, where the others find it by name and alias. In fuge_global, settings of networks; one without settings need not stand there',
    example: 'networks: {backend: {aliases: [database]}}',
    globalExample: 'networks: {backend: {internal: true}}',
  }),
  containerKey('network_mode', 'text', {
    default: 'networks of its own',
    summary: 'In place of networks: host, none, bridge, service:NAME or container:NAME',
    example: 'network_mode: host',
  }),
  containerKey('hostname', 'text', {
    default: "the container's id",
    summary: 'The name of the machine that it sees',
    example: 'hostname: db1',
  }),
  containerKey('domainname', 'text', {
    default: 'none',
    summary: 'The domain of that name',
    example: 'domainname: example.com',
  }),
  containerKey('extra_hosts', 'hosts', {
    default: 'none',
    summary: 'Further names and their addresses; host-gateway is the address of this machine',
    example: 'extra_hosts: [registry.local=192.0.2.7, host.docker.internal=host-gateway]',
  }),
  containerKey('dns', 'strings', {
    default: "the engine's own",
    summary: 'Addresses of name servers',
    example: 'dns: [192.0.2.53]',
  }),
  containerKey('dns_search', 'strings', {
    default: "the engine's own",
    summary: 'Domains that short names are looked for in',
    example: 'dns_search: [example.com]',
  }),
  containerKey('dns_opt', 'strings', {
    default: "the engine's own",
    summary: 'Options of the resolver',
    example: 'dns_opt: ["ndots:2"]',
  }),
] as const;
