/**
 * Which page or service a Host header asks for.
 *
 * - Only names below .localhost and loopback addresses are answered: a page of a foreign site whose name was made to lead
 *   here (DNS rebinding) still sends its own name.
 * - A service also has every name below its own (`tenant.web.shop.localhost`), for applications that tell their tenants apart
 *   by name.
 */
import { hostNameOf } from '../../names.js';
import type { Service, System } from '../../system.js';

export type Route =
  | { readonly to: 'start' }
  /** One service, or all instances of one. */
  | { readonly to: 'service'; readonly services: readonly [Service, ...Service[]] }
  /** No service of this system has the name. */
  | { readonly to: 'unknown'; readonly name: string }
  | { readonly to: 'refused' };

export function routeOf(hostHeader: string | undefined, system: System): Route {
  const name = nameIn(hostHeader);
  if (name === undefined) return { to: 'refused' };
  if (name === 'localhost' || isLoopback(name)) return { to: 'start' };
  if (!name.endsWith('.localhost')) return { to: 'refused' };
  if (name === `${system.name.toLowerCase()}.localhost`) return { to: 'start' };
  const services = [...system.services.values()];
  const named = (fits: (host: string) => boolean) => {
    const single = services.find(service => fits(hostNameOf(service.name, system)));
    if (single) return [single] as const;
    const instances = services.filter(({ instance }) => instance && fits(hostNameOf(instance.of, system)));
    const [one, ...others] = instances;
    return one && ([one, ...others.filter(({ instance }) => instance!.of === one.instance!.of)] as const);
  };
  const found = named(host => name === host) ?? named(host => name.endsWith(`.${host}`));
  return found ? { to: 'service', services: found } : { to: 'unknown', name };
}

/** Without its port, in small letters, without the dot of the root. */
function nameIn(hostHeader: string | undefined): string | undefined {
  const parts = /^(\[[\da-f:.]+\]|[^:@/\s]+)(?::\d*)?$/i.exec(hostHeader ?? '');
  return parts?.[1]?.toLowerCase().replace(/\.$/, '');
}

const isLoopback = (name: string) => name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
