/** `zone`: the DNS records; until fuge serves DNS it says so. */
import type { VerbImplementation } from '../verb.js';

export const zone: VerbImplementation = {
  async run({ system, out }) {
    out.print(
      system.dns.enabled
        ? 'DNS is off: this version does not serve it yet, although dns_enabled is true'
        : 'DNS is off (dns_enabled is false)',
    );
    out.print('services find each other by their environment: "env <service>" shows it');
    return 0;
  },
};
