/** `zone`: the names that are answered for, and whether anybody answers. */
import type { DnsRecord } from '../../index.js';
import type { VerbImplementation } from '../verb.js';

/** What a record of another type holds. */
const NO_DATA = {
  name: null,
  type: null,
  address: null,
  target: null,
  priority: null,
  weight: null,
  port: null,
  text: null,
};

export const zone: VerbImplementation = {
  async run({ supervisor, system, out }, { flags }) {
    const { records, server } = await supervisor.zone();
    if (flags.has('json')) {
      for (const record of records) out.json({ ...NO_DATA, ...record });
      return 0;
    }
    if (!system.dns.enabled) {
      out.print('DNS is off (dns_enabled is false)');
      out.print('services find each other by their environment: "env <service>" shows it');
      return 0;
    }
    out.print(
      server === undefined ? 'nothing answers yet: the first start of a service begins it' : `answered at ${server}`,
    );
    const rows = records.map(record => [record.name, record.type, dataOf(record)]);
    const widths = [0, 1].map(column => Math.max(0, ...rows.map(row => row[column]!.length)));
    for (const [name = '', type = '', data = ''] of rows)
      out.print(`${name.padEnd(widths[0]!)}  ${out.paint.dim(type.padEnd(widths[1]!))}  ${data}`);
    return 0;
  },
};

function dataOf(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'CNAME':
    case 'PTR':
      return record.target;
    case 'SRV':
      return `${record.target}:${record.port} (priority ${record.priority}, weight ${record.weight})`;
    case 'TXT':
      return `"${record.text}"`;
  }
}
